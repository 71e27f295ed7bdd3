import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { install, type Packed, pack } from "../../scripts/lib/pack.mjs";

declare module "vitest" {
  interface ProvidedContext {
    packed: Packed;
    /** A folder with nothing in it but the installed package. */
    project: string;
  }
}

/** Packs the package once, and installs it into an empty project. */
export default async function setup({ provide }: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), "rollout-client-package-"));
  const packed = await pack(folder);
  await install(packed.tarball, folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  provide("packed", packed);
  provide("project", folder);
  return () => rmSync(folder, { recursive: true });
}
