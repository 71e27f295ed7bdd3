import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runProgram } from "../../scripts/lib/run-program.mjs";

test("every recipe compiles against the packed declarations", async () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const args = ["node_modules/typescript/bin/tsc", "--project", "test/recipes"];
  await expect(runProgram(process.execPath, args, { cwd: root })).resolves.toBe("");
});
