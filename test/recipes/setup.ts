import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { install, pack } from "../../scripts/lib/pack.mjs";
import { npm } from "../../scripts/lib/run-program.mjs";

/** Installs what the recipes use, and the package as npm would publish it. */
export default async function setup(): Promise<void> {
  const recipes = fileURLToPath(new URL(".", import.meta.url));
  await npm(recipes, "install", "--no-save", "--prefer-offline");
  const folder = mkdtempSync(join(tmpdir(), "rollout-client-recipes-"));
  try {
    const { tarball } = await pack(folder);
    await install(tarball, recipes);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
