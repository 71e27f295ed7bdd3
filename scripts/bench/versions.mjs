import { readFile } from "node:fs/promises";

/**
 * The version that is installed beside the benchmarks.
 *
 * @param {string} packageName
 * @returns {Promise<string>}
 */
export async function versionOf(packageName) {
  const manifest = new URL(`./node_modules/${packageName}/package.json`, import.meta.url);
  return JSON.parse(await readFile(manifest, "utf8")).version;
}
