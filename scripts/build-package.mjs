// Installs what is missing and builds the package, from whatever is there: a fresh clone or one that was worked on.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runNpm } from "./run-npm.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

export async function buildPackage() {
  // npm writes this file last: without it, an installation was not begun or not finished.
  if (!existsSync(`${root}/node_modules/.package-lock.json`)) await runNpm(root, "ci");
  await runNpm(root, "run", "build");
}
