import { createRequire } from "node:module";
import { join } from "node:path";
import { bundle } from "./bundle.mjs";

/** @type {import("../runtimes.mjs").Start} */
export async function workerd({ folder, project, surroundings }) {
  // By a name of ours, because TypeScript follows those called `require`: the runtime's folder is installed only for a run.
  const fromFolder = createRequire(join(folder, "package.json"));
  const { Miniflare } = fromFolder("miniflare");
  const { version } = fromFolder("workerd/package.json");
  const miniflare = new Miniflare({
    modules: [
      { type: "ESModule", path: "worker.mjs", contents: await bundle(project, "worker.mjs", ["workerd", "worker"]) },
    ],
    modulesRoot: "/",
    compatibilityDate: "2026-04-01",
  });
  try {
    const response = await miniflare.dispatchFetch("http://worker.example/", {
      method: "POST",
      body: JSON.stringify(surroundings),
    });
    return { version, results: await response.json() };
  } finally {
    await miniflare.dispose();
  }
}
