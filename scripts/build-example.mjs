// Builds the package and the example that uses it.
import { fileURLToPath } from "node:url";
import { buildPackage } from "./build-package.mjs";
import { runNpm } from "./run-npm.mjs";

export const exampleFolder = fileURLToPath(new URL("../examples/connect-account", import.meta.url));

export async function buildExample() {
  await buildPackage();
  // Always: it packs the package anew, as it is now, into the example's own node_modules.
  await runNpm(exampleFolder, "ci");
  await runNpm(exampleFolder, "run", "build");
}
