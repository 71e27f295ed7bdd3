import { defineConfig } from "vitest/config";

// Apart from vitest.config.ts: the scripts of this repository and its documentation, which start compilers and programs.
export default defineConfig({
  test: {
    include: ["test/{openapi,project,spec-update}/**/*.test.ts", "test/documentation/compile.test.ts"],
    // By default, Vitest leaves one processor free.
    maxWorkers: "100%",
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
