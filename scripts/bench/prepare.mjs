import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const bench = fileURLToPath(new URL("./", import.meta.url));
const prepared = join(bench, "prepared");

/** Where the packed package lies after `prepare`. */
export const tarball = join(prepared, "rollout-client.tgz");

/** Installs the peers, packs and installs rollout-client itself, and generates the client of @hey-api/openapi-ts. */
export async function prepare() {
  await mkdir(prepared, { recursive: true });
  await installPeers();
  await installPackage();
  await generateHeyApi();
}

async function installPeers() {
  // In the folder that it tells of, so that it goes when that goes.
  const stamp = join(bench, "node_modules/.installed");
  const lockfile = await readFile(join(bench, "package-lock.json"));
  const wanted = createHash("sha256").update(lockfile).digest("hex");
  if (existsSync(stamp) && (await readFile(stamp, "utf8")) === wanted) return;
  run("npm", ["ci", "--loglevel=error"], bench);
  await writeFile(stamp, wanted);
}

/** Measured is what a user gets: the tarball, as npm unpacks it, beside the pinned openapi-fetch and jose. */
async function installPackage() {
  run("npm", ["run", "build"], root);
  // Its own scripts would write into the JSON.
  const [packed] = JSON.parse(run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", prepared], root));
  await rename(join(prepared, packed.filename), tarball);
  await rm(join(bench, "node_modules/rollout-client"), { recursive: true, force: true });
  run("npm", ["install", "--no-save", "--prefer-offline", "--loglevel=error", tarball], bench);
}

/** It generates TypeScript, so it is compiled to what Node 20 can run; esbuild leaves out what is only a type. */
async function generateHeyApi() {
  const generated = join(prepared, "hey-api");
  const document = join(root, "src/generated/openapi.json");
  await rm(generated, { recursive: true, force: true });
  run("npx", ["openapi-ts", "--input", document, "--output", join(generated, "source"), "--silent"], bench);
  const entry = join(generated, "entry.ts");
  await writeFile(
    entry,
    'export * from "./source/index.js";\nexport { createClient } from "./source/client/index.js";\n',
  );
  const { build } = await import("esbuild");
  await build({ entryPoints: [entry], outfile: join(generated, "index.mjs"), bundle: true, format: "esm" });
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 */
function run(command, args, cwd) {
  return execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}
