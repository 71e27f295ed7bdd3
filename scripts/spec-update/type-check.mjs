import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectFile } from "../openapi/project.mjs";
import { writeFilesWhole } from "../openapi/write-files.mjs";

const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");

/**
 * Type-checks the sources together with generated files that are not in place yet, in a copy.
 *
 * @param {ReadonlyMap<string, string>} generated content by path in the project
 * @param {AbortSignal} [signal]
 * @returns {Promise<string[]>} the errors, one line each
 */
export async function typeErrorsWith(generated, signal) {
  const copy = mkdtempSync(join(tmpdir(), "rollout-client-type-check-"));
  try {
    for (const name of ["package.json", "tsconfig.json", "src"])
      cpSync(projectFile(name), join(copy, name), { recursive: true });
    symlinkSync(projectFile("node_modules"), join(copy, "node_modules"));
    writeFilesWhole(new Map([...generated].map(([name, content]) => [join(copy, name), content])));
    return await compile(copy, signal);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/**
 * @param {string} folder
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<string[]>}
 */
function compile(folder, signal) {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [compiler, "-p", "tsconfig.json", "--pretty", "false"],
      { cwd: folder, ...(signal && { signal }) },
      (error, output) => {
        if (error === null) resolve([]);
        else if (typeof error.code !== "number") reject(error);
        else resolve(output.split("\n").filter((line) => /\berror TS\d+:/.test(line)));
      },
    );
  });
}
