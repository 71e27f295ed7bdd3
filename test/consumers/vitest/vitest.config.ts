import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "./jsdom.ts",
    // By default 5 s and 10 s, which a busy machine exceeds.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
