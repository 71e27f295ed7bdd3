import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const bench = fileURLToPath(new URL("./", import.meta.url));
const modules = join(bench, "node_modules");

/** Installs the peers and rollout-client: the files of its tarball, beside the pinned openapi-fetch and jose. */
export function prepare() {
  // npm writes this file last, so it is there only when the installation was finished.
  const installed = join(modules, ".package-lock.json");
  const changed = statSync(join(bench, "package-lock.json")).mtimeMs;
  if (!existsSync(installed) || statSync(installed).mtimeMs < changed) {
    run("npm", ["ci", "--prefer-offline", "--loglevel=error"], bench);
  }
  run("npm", ["run", "build"], root);
  const folder = join(modules, "rollout-client");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  run("tar", ["--extract", "--file", pack(modules), "--directory", folder, "--strip-components", "1"], root);
}

/** Packs what was built. @param {string} folder @returns {string} the tarball */
export function pack(folder) {
  // Without scripts: what they print would be mixed with the JSON.
  const [packed] = JSON.parse(run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], root));
  return join(folder, packed.filename);
}

/** Of every package that is installed by name. */
export function versions() {
  const { dependencies } = JSON.parse(readFileSync(join(bench, "package.json"), "utf8"));
  return ["rollout-client", ...Object.keys(dependencies)].map((name) => `${name} ${versionOf(name)}`);
}

/** @param {string} packageName */
export function versionOf(packageName) {
  return JSON.parse(readFileSync(join(modules, packageName, "package.json"), "utf8")).version;
}

/** @param {string} command @param {readonly string[]} args @param {string} folder */
export function run(command, args, folder) {
  return execFileSync(command, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}
