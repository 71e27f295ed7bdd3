import { createRequire } from "node:module";
import { join } from "node:path";
import { concurrentRequests } from "../concurrent-requests.mjs";
import { bundle } from "./bundle.mjs";

/** @type {import("../runtimes.mjs").Start} */
export async function workerd({ folder, project, surroundings }) {
  // By a name of ours, because TypeScript follows those called `require`: the runtime's folder is installed only for a run.
  const fromFolder = createRequire(join(folder, "package.json"));
  const { Miniflare } = fromFolder("miniflare");
  const { version } = fromFolder("workerd/package.json");
  const code = await bundle(project, "worker.mjs", ["workerd", "worker"]);
  const contents = `globalThis.surroundings = ${JSON.stringify(surroundings)};\n${code}`;
  const miniflare = new Miniflare({
    modules: [{ type: "ESModule", path: "worker.mjs", contents }],
    modulesRoot: "/",
    compatibilityDate: "2026-04-01",
  });
  /** @param {string} path */
  const request = async (path) => {
    const response = await miniflare.dispatchFetch(`http://worker.example/${path}`);
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text.slice(0, 200)}`);
    return JSON.parse(text);
  };
  try {
    return { version, results: [...(await request("suite")), ...(await concurrentRequests(request))] };
  } finally {
    await miniflare.dispose();
  }
}
