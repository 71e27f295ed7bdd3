import { defineConfig } from "vitest/config";

// Apart from vitest.config.ts, so that `npm test` needs no browser.
export default defineConfig({
  test: {
    include: ["test/example/**/*.browser.ts"],
    globalSetup: ["test/example/build.ts"],
    // One of the files builds the example anew, under the feet of the others.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
