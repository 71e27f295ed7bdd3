// Runtimes that are programs: Node, Bun, Deno.
import { join } from "node:path";
import { runProgram } from "../../../scripts/lib/run-program.mjs";

const LONGEST_RUN = 120_000;

/**
 * @param {string} path of the program, from the runtime's folder
 * @param {string[]} args before the name of the entry
 * @returns {import("../runtimes.mjs").Start}
 */
export function program(path, ...args) {
  return async ({ folder, project, surroundings }) => {
    const file = join(folder, path);
    const version = await runProgram(file, ["--version"]);
    const printed = await runProgram(file, [...args, "entries/process.mjs", JSON.stringify(surroundings)], {
      cwd: project,
      timeout: LONGEST_RUN,
    });
    return { version: /\d+\.\d+\.\d+/.exec(version)?.[0] ?? version, results: JSON.parse(printed) };
  };
}
