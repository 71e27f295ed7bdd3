// npm run check:package: is the tarball right for those who install it? What publint and are-the-types-wrong know is judged here, what it
// holds and how it behaves in test/package.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pack } from "./lib/pack.mjs";
import { runProgram } from "./lib/run-program.mjs";

// What we accept of are-the-types-wrong's findings:
// - cjs-resolves-to-esm: CommonJS resolves to an ES module. Node 20.19 and 22.12 can `require` one, which test/package does.
// - Resolution as in Node 10 finds the package by `main` and `types`, but not `rollout-client/openapi.json`, for want of `exports`.
const JUDGES = [
  ["publint", "--strict"],
  ["attw", "--ignore-rules", "cjs-resolves-to-esm", "--exclude-entrypoints", "openapi.json"],
  ["attw", "--profile", "node16", "--ignore-rules", "cjs-resolves-to-esm"],
];

const folder = mkdtempSync(join(tmpdir(), "rollout-client-check-"));
try {
  const { tarball, files } = await pack(folder);
  for (const [judge = "", ...options] of JUDGES) {
    const program = `node_modules/.bin/${judge}`;
    await runProgram(program, [tarball, ...options], { cwd: new URL("..", import.meta.url) });
    console.log(`${judge} ${options.join(" ")}: nothing to find in a package of ${files.length} files`);
  }
} catch (failure) {
  console.error(failure instanceof Error ? failure.message : failure);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
