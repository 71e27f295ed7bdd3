// The package as npm would publish it: built, packed, and put where a program finds it.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildPackage } from "./build.mjs";
import { npm, runProgram } from "./run-program.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * @typedef {object} Packed
 * @property {string} tarball the file
 * @property {string[]} files the paths in it
 */

/**
 * Builds and packs the package.
 *
 * @param {string} folder where the tarball goes
 * @returns {Promise<Packed>}
 */
export async function pack(folder) {
  await buildPackage();
  // Without scripts: what they print would be mixed with the JSON.
  const printed = await npm(root, "pack", "--ignore-scripts", "--json", "--pack-destination", folder);
  const [{ filename, files }] = JSON.parse(printed);
  return { tarball: join(folder, filename), files: files.map((/** @type {{ path: string }} */ file) => file.path) };
}

/**
 * Unpacks the tarball into the `node_modules` of a project, along with the dependencies that its manifest names, as they are
 * installed here: no network is needed, and a dependency that the manifest forgot is not there.
 *
 * @param {string} tarball
 * @param {string} project
 */
export async function install(tarball, project) {
  const folder = join(project, "node_modules", "rollout-client");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await runProgram("tar", ["--extract", "--file", tarball, "--directory", folder, "--strip-components", "1"]);
  copyDependencies(folder, project);
}

/**
 * @param {string} installed
 * @param {string} project
 */
function copyDependencies(installed, project) {
  const { dependencies = {} } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  for (const name of Object.keys(dependencies)) {
    const copy = join(project, "node_modules", name);
    if (!existsSync(copy)) cpSync(join(root, "node_modules", name), copy, { recursive: true });
    copyDependencies(copy, project);
  }
}
