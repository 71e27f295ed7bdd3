// Installs what is missing and builds, from whatever is there: a fresh clone or one that was worked on.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { npm } from "./run-program.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
export const exampleFolder = fileURLToPath(new URL("../../examples/connect-account", import.meta.url));

export async function buildPackage() {
  // npm writes this file last: without it, an installation was not begun or not finished.
  if (!existsSync(`${root}/node_modules/.package-lock.json`)) await npm(root, "ci");
  // .ci/run says so after its own build: its steps share that one.
  const { ROLLOUT_CLIENT_IS_BUILT: isBuilt } = process.env;
  if (isBuilt) return;
  await npm(root, "run", "build");
}

export async function buildExample() {
  await buildPackage();
  // Always: this packs the package as it is now into the example's own node_modules.
  await npm(exampleFolder, "ci");
  await npm(exampleFolder, "run", "build");
}
