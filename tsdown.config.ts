import { defineConfig, type UserConfig } from "tsdown";

const common: UserConfig = {
  entry: { index: "src/index.ts", testing: "src/testing/index.ts" },
  format: "esm",
  platform: "neutral",
  target: "es2022",
  outExtensions: () => ({ js: ".js", dts: ".d.ts" }),
};

// The declarations apart: built along with source maps, they name a map that is not written.
export default defineConfig([
  { ...common, sourcemap: true, dts: false },
  { ...common, dts: { emitDtsOnly: true }, clean: false },
]);
