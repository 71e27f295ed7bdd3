import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll } from "vitest";

/** The variables that the program needs. */
export const environment = { ROLLOUT_CLIENT_ID: "client", ROLLOUT_CLIENT_SECRET: "planted_secret" };

/** How a run of the program ended. */
export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program, built once for a test file. */
export interface Program {
  readonly file: string;
  /** Runs it in a process that has nothing in its environment but what is given. By default, its folder has no packages. */
  run(args: readonly string[], env: Readonly<Record<string, string>>, cwd?: string): Promise<Run>;
}

/** Builds the program. It is removed after the tests of the file. */
export async function buildProgram(): Promise<Program> {
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
  return {
    file,
    run: (args, env, cwd = folder) =>
      new Promise((resolve) => {
        const child = execFile(process.execPath, [file, ...args], { env, cwd }, (_error, stdout, stderr) => {
          resolve({ status: child.exitCode, stdout, stderr });
        });
      }),
  };
}
