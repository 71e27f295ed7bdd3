import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { install, pack } from "../lib/pack.mjs";
import { npm } from "../lib/run-program.mjs";

const bench = fileURLToPath(new URL("./", import.meta.url));
const modules = join(bench, "node_modules");

/** Installs the peers and rollout-client: the files of its tarball, beside the pinned openapi-fetch. */
export async function prepare() {
  // npm writes this file last, so it is there only when the installation was finished.
  const installed = join(modules, ".package-lock.json");
  const changed = statSync(join(bench, "package-lock.json")).mtimeMs;
  if (!existsSync(installed) || statSync(installed).mtimeMs < changed) {
    await npm(bench, "ci", "--prefer-offline", "--loglevel=error");
  }
  const { tarball } = await pack(modules);
  await install(tarball, bench);
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
