import { defineConfig } from "vitest/config";

// Apart from vitest.config.ts: these tests are about the packed package, so that there is no alias for it, and it is built first.
export default defineConfig({
  test: {
    include: ["test/package/**/*.test.ts"],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    globalSetup: ["test/package/setup.ts"],
  },
});
