import { randomInt } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { defineConfig } from "vitest/config";
import base from "./vitest.config.ts";

// The random searches of `npm test`, with another seed each time.
const { FUZZ_SEED = String(randomInt(2 ** 31)) } = process.env;

const randomSearches = readdirSync("test", { recursive: true, encoding: "utf8" })
  .map((file) => `test/${file}`)
  .filter((file) => file.endsWith(".test.ts") && readFileSync(file, "utf8").includes('from "fast-check"'));

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: randomSearches,
    typecheck: { enabled: false },
    env: { FUZZ_SEED },
    globalSetup: ["test/support/print-seed.ts"],
  },
});
