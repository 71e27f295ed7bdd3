import { defineConfig } from "vitest/config";

// Apart from vitest.config.ts: the recipes use the packed package, and other packages that the root does not have.
export default defineConfig({
  test: {
    include: ["test/recipes/**/*.test.ts"],
    // By default, Vitest leaves one processor free.
    maxWorkers: "100%",
    testTimeout: 600_000,
    hookTimeout: 600_000,
    globalSetup: ["test/recipes/setup.ts"],
  },
});
