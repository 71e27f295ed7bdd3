// The declarations of the library, bundled by rollup-plugin-dts: what users' compilers read.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
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

// Beside this file, whichever folder it is run in.
const library = fileURLToPath(new URL(`../../${LIBRARY.index}`, import.meta.url));

/** Where the declarations of `testing` import the types of the library from. */
export const LIBRARY_PATHS = { [library]: "./index.js" };

/**
 * Bundles the declarations of one entry. Run in the folder of the project.
 *
 * @param {string} name
 */
export function bundleDeclarations(name) {
  const isLibrary = (/** @type {string} */ source, /** @type {string} */ importer) =>
    name !== "index" && join(dirname(importer), source) === library;
  return rollup({
    input: Reflect.get(LIBRARY, name),
    plugins: [dts({ includeExternal: BUNDLED_TYPES })],
    external: (source, importer = "") => importer.endsWith(UNBUNDLED_IN) || isLibrary(source, importer),
    onLog(_level, log) {
      throw new Error(log.message);
    },
  });
}
