// Builds the package and the example that uses it, from whatever is there: a fresh clone or one that was worked on.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
export const exampleFolder = fileURLToPath(new URL("../examples/connect-account", import.meta.url));

export async function buildExample() {
  if (!existsSync(`${root}/node_modules`)) await npm(root, "ci");
  await npm(root, "run", "build");
  // Always: it packs the package anew, as it is now, into the example's own node_modules.
  await npm(exampleFolder, "ci");
  await npm(exampleFolder, "run", "build");
}

/**
 * Runs npm in a folder, silent unless it fails.
 * @param {string} folder
 * @param {string[]} args
 */
async function npm(folder, ...args) {
  // The npm that runs this script, if one does. Elsewhere it is looked up in the PATH.
  const { npm_execpath: program } = process.env;
  const [command, ...before] = program === undefined ? ["npm"] : [process.execPath, program];
  const child = spawn(command ?? "npm", [...before, ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (printed += chunk));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`npm ${args.join(" ")} failed in ${folder}:\n${printed}`);
}
