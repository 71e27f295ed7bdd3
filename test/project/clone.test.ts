import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { project } from "../support/project-copy.ts";

// As test/documentation/modules.ts, scripts/lib/openapi/write-files.mjs and scripts/bench/report.mjs name what they finish or remove later.
const UNFINISHED = [
  "test/documentation/.run-a1B2c3/README.md/rollout.ts",
  "src/generated/openapi.json.0b7e.tmp",
  "docs/benchmarks.md.unfinished",
];

test("Git ignores what an interrupted run leaves behind", () => {
  const printed = execFileSync("git", ["check-ignore", ...UNFINISHED], { cwd: project, encoding: "utf8" });
  expect(printed.trim().split("\n")).toEqual(UNFINISHED);
});

test("the README names the command with which the gate installs and tests", () => {
  const [gate, readme] = [".ci/run", "README.md"].map((file) => readFileSync(join(project, file), "utf8"));
  const command = /^step "install and test, as the README says" (.+)$/m.exec(gate ?? "")?.[1];
  expect(readme).toContain(`\`${command}\``);
});
