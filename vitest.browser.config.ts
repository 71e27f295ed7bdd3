import { defineConfig } from "vitest/config";

// Apart from vitest.config.ts, so that `npm test` needs no browser.
export default defineConfig({
  test: {
    include: ["test/{example,popup,reference}/**/*.browser.ts"],
    globalSetup: ["test/example/start.ts"],
    // More would wait for each other: most have an application of their own beside the browser.
    maxWorkers: 2,
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 600_000 } },
  },
});
