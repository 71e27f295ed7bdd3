import { spawn } from "node:child_process";
import { once } from "node:events";

/**
 * Runs a program to its end and gives what it wrote to stdout; what it wrote is otherwise seen only when it fails.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string | URL, timeout?: number, env?: NodeJS.ProcessEnv }} [options] a program that takes longer, in milliseconds, is ended
 */
export async function runProgram(program, args, options = {}) {
  const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (chunk) => {
    output += chunk;
    printed += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk) => {
    printed += chunk;
  });
  const [code, signal] = await once(child, "close");
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code ?? signal}:\n${printed}`);
  return output;
}

/**
 * Runs npm in a folder: the npm that runs this script, if one does; elsewhere it is looked up in the PATH.
 *
 * @param {string | URL} folder
 * @param {string[]} args
 */
export function npm(folder, ...args) {
  const { npm_execpath: program } = process.env;
  return program === undefined
    ? runProgram("npm", args, { cwd: folder })
    : runProgram(process.execPath, [program, ...args], { cwd: folder });
}
