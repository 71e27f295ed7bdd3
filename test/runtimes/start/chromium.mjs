import { createServer } from "node:http";
import { chromium as launcher } from "playwright-core";
import { CHROMIUM_ARGUMENTS, chromiumPath } from "../../support/chromium.mjs";
import { start } from "../servers.mjs";
import { bundle } from "./bundle.mjs";

/** @type {import("../runtimes.mjs").Start} */
export async function chromium({ project, surroundings }) {
  const code = await bundle(project, "page.mjs", ["browser"]);
  // From an origin that is not the API's.
  const server = createServer((request, response) => {
    const isScript = request.url === "/page.js";
    response.writeHead(200, { "Content-Type": isScript ? "text/javascript" : "text/html" });
    response.end(isScript ? code : '<!doctype html><title>Suite</title><script type="module" src="/page.js"></script>');
  });
  const page = await start(server);
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
