import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, afterEach, inject, vi } from "vitest";
import type { DocumentationModule } from "./modules.ts";
import { root } from "./page.ts";
import { type Surroundings, stubSurroundings } from "./surroundings.ts";

/** The modules of the documentation as files, with a stand-in for Rollout, until the tests of the calling file are over. */
export function writeModules(modules: readonly DocumentationModule[]) {
  // Inside the repository, for the packages they import; the dot keeps them out of every tool's sight.
  const folder = mkdtempSync(join(root, "test/documentation/.run-"));
  for (const { path, code } of modules) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, code);
  }
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.unstubAllEnvs();
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  return {
    fileOf: (path: string): string => join(folder, path),
    stub: (met: Surroundings): void => stubSurroundings(inject("prismUrl"), met),
  };
}
