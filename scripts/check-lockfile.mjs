// node scripts/check-lockfile.mjs: lists the entries of package-lock.json without `integrity`. CONTRIBUTING.md says why there are any. It fails when
// one of them is no optional build for a platform, because npm would install that unchecked, and when the lockfile says something else about this
// package than package.json, because `npm install` would change it.
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";

// What npm copies from package.json.
const COPIED_FIELDS = [
  ...["name", "version", "license", "bin", "engines", "os", "cpu", "workspaces"],
  ...["dependencies", "devDependencies", "optionalDependencies", "peerDependencies", "peerDependenciesMeta"],
];

const read = (/** @type {string} */ name) => JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), "utf8"));
const manifest = read("package.json");
/** @type {Record<string, { version?: string, integrity?: string, link?: boolean, optional?: boolean, os?: string[], cpu?: string[] }>} */
const { "": root = {}, ...packages } = read("package-lock.json").packages;

const unchecked = Object.entries(packages).filter(([, { integrity, link }]) => !integrity && !link);
for (const [path, { version }] of unchecked) console.log(`${path} ${version}`);

const differing = COPIED_FIELDS.filter((field) => !isDeepStrictEqual(Reflect.get(root, field), manifest[field]));
const problems = [
  ...unchecked
    .filter(([, { optional, os, cpu }]) => !optional || !os || !cpu)
    .map(([path]) => `${path} has no integrity, and is no optional build for a platform`),
  ...differing.map((field) => `"${field}" is not as in package.json: run npm install, and commit package-lock.json`),
];
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
