import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { pack } from "../../lib/pack.mjs";
import { npm } from "../../lib/run-program.mjs";
import { clientOf, packages } from "../clients/index.mjs";
import { versionOf } from "../prepare.mjs";
import { format, inRounds, quantile } from "../rounds.mjs";

const bench = fileURLToPath(new URL("../", import.meta.url));
const installable = packages.filter((title) => title !== "fetch");

export async function measureSize() {
  const ownPackages = installable.map((title) => bundle(title, title, clientOf(title).imports));
  const withSigner = bundle("rollout-client + signer", "rollout-client", "createRolloutClient, createTokenSigner");
  return {
    title: "Bundle size",
    note: "What a user imports, bundled by esbuild (minified, ESM, for browsers), and gzip -9 of that.",
    columns: ["kB gzip", "kB minified"],
    rows: await Promise.all([...ownPackages, withSigner]),
    chart: "kB gzip",
  };
}

/** @param {string} title @param {string} packageName @param {string} [imports] */
async function bundle(title, packageName, imports = "default") {
  const { build } = await import("esbuild");
  const stdin = { contents: `export { ${imports} } from "${packageName}";`, resolveDir: bench };
  const options = /** @type {const} */ ({ bundle: true, minify: true, format: "esm", platform: "browser" });
  const { outputFiles } = await build({ ...options, write: false, stdin });
  const bytes = outputFiles[0]?.contents ?? new Uint8Array();
  const sizes = [gzipSync(bytes, { level: 9 }).length, bytes.length];
  return { title, cells: sizes.map((size) => format(size / 1000, 2)) };
}

export async function measureInstall() {
  const rows = [];
  for (const title of installable) rows.push(await install(title));
  return {
    title: "Installed",
    note: "A fresh `npm install` of that package alone: packages, and the sizes of their files in total.",
    columns: ["packages", "MB"],
    rows,
  };
}

/** @param {string} title */
async function install(title) {
  const folder = mkdtempSync(join(tmpdir(), "bench-install-"));
  try {
    const what = title === "rollout-client" ? (await pack(folder)).tarball : `${title}@${versionOf(title)}`;
    const quietly = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
    await npm(folder, "install", "--prefix", folder, ...quietly, what);
    const modules = join(folder, "node_modules");
    const lockfile = JSON.parse(readFileSync(join(modules, ".package-lock.json"), "utf8"));
    return { title, cells: [String(Object.keys(lockfile.packages).length), format(bytesIn(modules) / 1e6, 2)] };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {string} folder */
function bytesIn(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name !== ".package-lock.json");
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

/** @param {import("./index.mjs").Settings} settings */
export async function measureImport({ imports }) {
  const measured = await inRounds(imports, packages, processTime);
  // What else runs on the machine only adds.
  const times = measured.map(({ row, values }) => ({ row, time: quantile(values, 0.25) }));
  const [bare = 0, reference = 0] = times.map(({ time }) => time);
  return {
    title: "Import",
    note:
      `${imports} new processes for each package, in turns, that import it and end: what they take longer than a bare Node process, ` +
      "the difference of the lower quartiles, and that to openapi-fetch.",
    columns: ["ms", "ms over openapi-fetch"],
    rows: times
      .slice(1)
      .map(({ row, time }) => ({ title: row, cells: [format(time - bare, 1), format(time - reference, 1)] })),
    chart: "ms",
  };
}

/** @param {string} title */
function processTime(title) {
  const program = title === "fetch" ? "" : `import "${title}";`;
  const start = performance.now();
  execFileSync(process.execPath, ["--input-type=module", "--eval", program], { cwd: bench });
  return performance.now() - start;
}
