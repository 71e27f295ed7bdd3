import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tarball } from "../prepare.mjs";
import { format } from "../statistics.mjs";
import { versionOf } from "../versions.mjs";

const generated = fileURLToPath(new URL("../prepared/hey-api/source", import.meta.url));

/** @type {import("../sections.mjs").Measure} */
export async function measure({ clients }) {
  const installs = [];
  for (const client of clients) {
    if (client.id === "rollout-client-signer") continue; // the same package
    installs.push({ title: client.title, ...(await install(client)) });
  }
  return {
    title: "Installed",
    method:
      "A fresh `npm install` of that client alone, without development dependencies: packages, and the sum of the sizes of " +
      "their files. What @hey-api/openapi-ts generates lies in the user's own source and needs no package at run time.",
    columns: ["packages", "kB"],
    rows: installs.map(({ title, packages, bytes }) => ({ title, cells: [String(packages), format(bytes / 1000, 0)] })),
  };
}

/** @param {import("../clients/index.mjs").Client} client */
async function install(client) {
  if (client.package === undefined) return { packages: 0, bytes: 0 };
  if (client.id === "hey-api") return { packages: 0, bytes: await bytesIn(generated) };
  const folder = await mkdtemp(join(tmpdir(), "bench-install-"));
  try {
    const what = client.id === "rollout-client" ? tarball : `${client.package}@${await versionOf(client.package)}`;
    const options = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
    execFileSync("npm", ["install", "--prefix", folder, ...options, what], {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"],
    });
    const lockfile = JSON.parse(await readFile(join(folder, "node_modules/.package-lock.json"), "utf8"));
    return { packages: Object.keys(lockfile.packages).length, bytes: await bytesIn(join(folder, "node_modules")) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** @param {string} folder */
async function bytesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name !== ".package-lock.json");
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(file.parentPath, file.name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
