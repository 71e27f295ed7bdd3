// The declarations of the library, bundled by rollup-plugin-dts: what users' compilers read.
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";

/** The entries by their names in dist/: `index` becomes `dist/index.js` and `dist/index.d.ts`. */
export const LIBRARY = {
  index: "src/index.ts",
  testing: "src/testing/index.ts",
};

// A declaration that a user emits must name only what the user has, and with pnpm that is this package alone. So the types of these
// packages are bundled, and exported by src/index.ts.
const BUNDLED_TYPES = ["openapi-fetch", "openapi-typescript-helpers"];
// But not those of this file, which must be openapi-fetch's own.
const UNBUNDLED_IN = "/src/openapi-fetch-client.ts";

/** Run in the folder of the project. */
export function bundleDeclarations() {
  return rollup({
    input: LIBRARY,
    plugins: [dts({ includeExternal: BUNDLED_TYPES })],
    external: (_source, importer) => importer?.endsWith(UNBUNDLED_IN) === true,
    onLog(_level, log) {
      throw new Error(log.message);
    },
  });
}
