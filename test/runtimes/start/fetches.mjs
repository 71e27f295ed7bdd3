// Other fetches, in the Nodes whose own fetch can take a proxy from the environment.
import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import { runProgram } from "../../../scripts/lib/run-program.mjs";

const LONGEST_RUN = 120_000;

/** @type {import("../runtimes.mjs").Start} */
export async function fetches({ folder, project, surroundings }) {
  const proxy = createServer().on("connect", ({ url = "" }, socket) => {
    socket.on("error", () => {});
    // The host to connect to says which status to refuse with: status-407.invalid.
    socket.end(`HTTP/1.1 ${/\d+/.exec(url)?.[0]} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
  });
  proxy.on("request", (_request, response) => response.writeHead(407).end());
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const address = proxy.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  const proxyUrl = `http://127.0.0.1:${address.port}`;
  const given = JSON.stringify({ ...surroundings, folder, proxyUrl });
  const viaProxy = { NODE_USE_ENV_PROXY: "1", HTTP_PROXY: proxyUrl, HTTPS_PROXY: proxyUrl, NO_PROXY: "" };
  try {
    const results = [];
    for (const node of ["node24", "node26"]) {
      for (const [entry, env] of /** @type {const} */ ([
        ["fetches", {}],
        ["react-native", {}],
        ["proxy", viaProxy],
      ])) {
        const options = { cwd: project, timeout: LONGEST_RUN, env: { ...process.env, ...env } };
        const printed = await runProgram(
          join(folder, "node_modules", node, "bin/node"),
          [`entries/${entry}.mjs`, given],
          options,
        );
        for (const result of JSON.parse(printed)) results.push({ ...result, name: `${node}: ${result.name}` });
      }
    }
    return { version: "24, 26", results };
  } finally {
    proxy.close();
    proxy.closeAllConnections();
  }
}
