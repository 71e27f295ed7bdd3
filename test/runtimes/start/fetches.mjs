// Other fetches, in the Nodes whose own fetch can take a proxy from the environment.
import { join } from "node:path";
import { runProgram } from "../../../scripts/lib/run-program.mjs";
import { startRefusingProxy } from "../servers.mjs";

const LONGEST_RUN = 120_000;

/** @type {import("../runtimes.mjs").Start} */
export async function fetches({ folder, project, surroundings }) {
  const proxy = await startRefusingProxy();
  const given = JSON.stringify({ ...surroundings, folder, proxyUrl: proxy.url });
  const viaProxy = { NODE_USE_ENV_PROXY: "1", HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url, NO_PROXY: "" };
  try {
    const results = [];
    for (const node of ["node24", "node26"]) {
      for (const [entry, env] of /** @type {const} */ ([
        ["fetches", {}],
        ["react-native", {}],
        ["proxy", viaProxy],
      ])) {
        const file = join(folder, "node_modules", node, "bin/node");
        const options = { cwd: project, timeout: LONGEST_RUN, env: { ...process.env, ...env } };
        const printed = await runProgram(file, [`entries/${entry}.mjs`, given], options);
        for (const result of JSON.parse(printed)) results.push({ ...result, name: `${node}: ${result.name}` });
      }
    }
    return { version: "24, 26", results };
  } finally {
    proxy.stop();
  }
}
