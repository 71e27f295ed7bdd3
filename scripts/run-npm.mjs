import { spawn } from "node:child_process";
import { once } from "node:events";

/**
 * Runs npm in a folder, silent unless it fails.
 * @param {string} folder
 * @param {string[]} args
 */
export async function runNpm(folder, ...args) {
  // The npm that runs this script, if one does. Elsewhere it is looked up in the PATH.
  const { npm_execpath: program } = process.env;
  const [command, ...before] = program === undefined ? ["npm"] : [process.execPath, program];
  const child = spawn(command ?? "npm", [...before, ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      printed += chunk;
    });
  }
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`npm ${args.join(" ")} failed in ${folder}:\n${printed}`);
}
