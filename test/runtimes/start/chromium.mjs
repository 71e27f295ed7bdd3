import { once } from "node:events";
import { createServer } from "node:http";
import { chromium as launcher } from "playwright-core";
import { CHROMIUM_ARGUMENTS, chromiumPath } from "../../support/chromium.mjs";
import { bundle } from "./bundle.mjs";

/** @type {import("../runtimes.mjs").Start} */
export async function chromium({ project, surroundings }) {
  const page = await servePage(await bundle(project, "page.mjs", ["browser"]));
  const browser = await launcher.launch({ executablePath: await chromiumPath(), args: CHROMIUM_ARGUMENTS });
  try {
    const tab = await browser.newPage();
    await tab.goto(page.url);
    const results = await tab.evaluate((told) => Reflect.get(globalThis, "runSuite")(told), surroundings);
    return { version: browser.version(), results };
  } finally {
    await browser.close();
    page.stop();
  }
}

/**
 * Serves a page from an origin that is not the API's.
 *
 * @param {string} code
 */
async function servePage(code) {
  const server = createServer((request, response) => {
    const isScript = request.url === "/page.js";
    response.writeHead(200, { "Content-Type": isScript ? "text/javascript" : "text/html" });
    response.end(isScript ? code : '<!doctype html><title>Suite</title><script type="module" src="/page.js"></script>');
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    url: `http://127.0.0.1:${address.port}/`,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
