// node scripts/check-lockfile.mjs: lists the entries of package-lock.json without `integrity`. CONTRIBUTING.md says why there are any. It fails when
// one of them is no optional build for a platform, because npm would install that unchecked.
import { readFileSync } from "node:fs";

/** @type {Record<string, { version?: string, integrity?: string, link?: boolean, optional?: boolean, os?: string[], cpu?: string[] }>} */
const packages = JSON.parse(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8")).packages;

const unchecked = Object.entries(packages).filter(([path, { integrity, link }]) => path !== "" && !integrity && !link);
const isForOnePlatform = (/** @type {string} */ path) =>
  packages[path]?.optional && packages[path].os && packages[path].cpu;
const wrong = unchecked.filter(([path]) => !isForOnePlatform(path));

for (const [path, { version }] of unchecked) console.log(`${path} ${version}`);
for (const [path] of wrong) console.error(`${path} has no integrity, and is no optional build for a platform`);
process.exitCode = wrong.length === 0 ? 0 : 1;
