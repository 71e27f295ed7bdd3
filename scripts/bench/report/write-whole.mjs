import { rename, writeFile } from "node:fs/promises";

/**
 * A reader never meets half a file.
 *
 * @param {URL} file
 * @param {string} content
 */
export async function writeWhole(file, content) {
  const unfinished = new URL(`${file.href}.unfinished`);
  await writeFile(unfinished, content);
  await rename(unfinished, file);
}
