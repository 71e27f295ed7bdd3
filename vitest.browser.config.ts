import { defineConfig } from "vitest/config";

// Apart from vitest.config.ts, so that `npm test` needs no browser.
export default defineConfig({
  test: {
    include: ["test/example/**/*.browser.ts"],
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});
