import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { propertyOf } from "../openapi/json-value.mjs";
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
async function compile(folder, signal) {
  // Declaration files are the dependencies' and TypeScript's own: no document changes them, and they take half of the time.
  const command = [compiler, "-p", "tsconfig.json", "--pretty", "false", "--skipLibCheck"];
  try {
    await promisify(execFile)(process.execPath, command, { cwd: folder, ...(signal && { signal }) });
    return [];
  } catch (failure) {
    const output = propertyOf(failure, "stdout");
    const errors = String(output)
      .split("\n")
      .filter((line) => /\berror TS\d+:/.test(line));
    if (errors.length === 0) throw failure;
    return errors;
  }
}
