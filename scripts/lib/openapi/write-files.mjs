import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { InputError, reasonOf } from "./input-error.mjs";

const interruptions = /** @type {const} */ (["SIGINT", "SIGTERM"]);
const ignore = () => {};

/**
 * Writes all of the files or none of them, each one whole: first everything under temporary names beside the targets, then only renames. Ctrl-C
 * waits until it is done: nothing here is awaited, and a signal that has a handler does not end the process by itself.
 *
 * @param {ReadonlyMap<string, string>} files content by path
 */
export function writeFilesWhole(files) {
  const temporaries = new Map([...files.keys()].map((path) => [path, `${path}.${randomUUID()}.tmp`]));
  let current = "";
  for (const signal of interruptions) process.on(signal, ignore);
  try {
    for (const [path, temporary] of temporaries) {
      current = path;
      // What cannot be read as a file, such as a folder, cannot be replaced by one.
      readIfThere(path);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(temporary, files.get(path) ?? "");
    }
    for (const [path, temporary] of temporaries) renameSync(temporary, path);
  } catch (cause) {
    for (const temporary of temporaries.values()) rmSync(temporary, { force: true });
    throw new InputError(relative(process.cwd(), current), `cannot be written: ${reasonOf(cause)}`, { cause });
  } finally {
    for (const signal of interruptions) process.off(signal, ignore);
  }
}

/**
 * @param {string} path
 * @returns {string | undefined}
 */
export function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
