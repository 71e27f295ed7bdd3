import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    alias: {
      "rollout-client/testing": fileURLToPath(new URL("./src/testing/index.ts", import.meta.url)),
      "rollout-client": fileURLToPath(new URL("./src/index.ts", import.meta.url)),
    },
  },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: [
      "**/node_modules/**",
      "test/{openapi,package,project,recipes,spec-update}/**/*.test.ts",
      "test/documentation/compile.test.ts",
    ],
    // Loading the source again for each file takes longer than the tests.
    isolate: false,
    // By default, Vitest leaves one processor free.
    maxWorkers: "100%",
    // To end what hangs, not to measure: a machine that is ten times slower is no failure.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    setupFiles: ["test/support/fixed-seed.ts"],
    globalSetup: ["test/family/setup.ts", "test/support/start-prism.ts"],
    // Only the type tests: `npm run types` checks the rest.
    typecheck: { enabled: true, include: ["test/**/*.test-d.ts"], tsconfig: "./tsconfig.type-tests.json" },
    coverage: {
      include: ["src/**/*.ts"],
      // The command line as a process is tested in one of its own, the pop-up in a browser.
      exclude: ["src/generated/**", "src/command-line/{main,doctor,explain,report}.ts", "src/popup.ts"],
      reporter: ["text", "json-summary"],
      thresholds: { lines: 95, branches: 95 },
    },
  },
});
