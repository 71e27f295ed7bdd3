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
  /** @type {{ path: string, temporary: string, previous: string | undefined }[]} */
  const prepared = [];
  let renamed = 0;
  let current = "";
  for (const signal of interruptions) process.on(signal, ignore);
  try {
    for (const [path, content] of files) {
      current = path;
      const file = { path, temporary: `${path}.${randomUUID()}.tmp`, previous: readIfThere(path) };
      if (file.previous === content) continue;
      prepared.push(file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(file.temporary, content, { flag: "wx" });
    }
    for (const file of prepared) {
      current = file.path;
      renameSync(file.temporary, file.path);
      renamed += 1;
    }
  } catch (cause) {
    for (const { temporary } of prepared) rmSync(temporary, { force: true });
    for (const { path, previous } of prepared.slice(0, renamed)) putBack(path, previous);
    throw new InputError(relative(process.cwd(), current), `cannot be written: ${reasonOf(cause)}`, { cause });
  } finally {
    for (const signal of interruptions) process.off(signal, ignore);
  }
}

/**
 * @param {string} path
 * @param {string | undefined} content undefined: there was no such file
 */
function putBack(path, content) {
  if (content === undefined) rmSync(path, { force: true });
  else writeFileSync(path, content);
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
