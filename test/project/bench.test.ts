import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const script = fileURLToPath(new URL("../../scripts/bench/run.mjs", import.meta.url));

describe("npm run bench", () => {
  test.each([
    { args: ["--only", "speed"], reason: 'no section "speed"' },
    { args: ["--clients", "curl"], reason: 'no client "curl"' },
    { args: ["--only"], reason: "'--only <value>' argument missing" },
    { args: ["--fast"], reason: "Unknown option '--fast'" },
    { args: ["everything"], reason: "Unexpected argument 'everything'" },
  ])("refuses $args in one line, before it measures or writes anything", ({ args, reason }) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
    expect(status).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^bench: .*; usage: .*\n$/);
    expect(stderr).toContain(reason);
  });
});
