import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll } from "vitest";
import { startNode } from "../support/processes.ts";

/** The variables that the program needs. */
export const environment = { ROLLOUT_CLIENT_ID: "client", ROLLOUT_CLIENT_SECRET: "planted_secret" };

/** Builds the program for the tests of a file. */
export async function buildProgram() {
  const folder = mkdtempSync(join(tmpdir(), "rollout-client-command-line-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "command-line.mjs");
  const source = (path: string) => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));
  await build({
    entryPoints: [source("command-line/main.ts")],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "esm",
    alias: { "rollout-client/testing": source("testing/index.ts"), "rollout-client": source("index.ts") },
    external: ["ws"],
  });
  /** Starts it with nothing in its environment but what is given. By default, its folder has no packages. */
  const start = (args: readonly string[], env: Readonly<Record<string, string>>, cwd = folder) =>
    startNode([file, ...args], { env, cwd });
  return { file, start, run: (...started: Parameters<typeof start>) => start(...started).ended };
}
