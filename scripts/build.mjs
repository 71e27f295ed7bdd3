// npm run build: dist/ from src/. JavaScript by esbuild, with source maps; declarations by rollup-plugin-dts, which keeps every documentation
// comment. One file for each entry, so that Node loads few files; what entries share is in a file of its own.
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";

/** The entries by their names in dist/: `index` becomes `dist/index.js` and `dist/index.d.ts`. */
const LIBRARY = {
  index: "src/index.ts",
  testing: "src/testing/index.ts",
};

/** The program `rollout-client`: it alone may import from Node. It imports the library by its name, like every other program. */
const PROGRAM = { "command-line": "src/command-line/main.ts" };

// A declaration that a user emits must name only what the user has, and with pnpm that is this package alone. So the types of these
// packages are bundled, and exported by src/index.ts.
const BUNDLED_TYPES = ["openapi-fetch", "openapi-typescript-helpers"];
// But not those of this file, which must be openapi-fetch's own.
const UNBUNDLED_IN = "/src/openapi-fetch-client.ts";
// MIT asks that the notice goes with copies.
const NOTICE =
  "// With types of openapi-fetch and openapi-typescript-helpers: MIT License, Copyright (c) 2023 Drew Powers.";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
rmSync("dist", { recursive: true, force: true });
await writeJavaScript();
await writeDeclarations();

async function writeJavaScript() {
  /** @satisfies {import("esbuild").BuildOptions} */
  const options = {
    outdir: "dist",
    bundle: true,
    packages: "external",
    format: "esm",
    platform: "neutral",
    target: "es2022",
    sourcemap: true,
  };
  await build({ ...options, entryPoints: LIBRARY, chunkNames: "shared-[hash]", splitting: true });
  await build({ ...options, entryPoints: PROGRAM });
}

async function writeDeclarations() {
  await writeDeclaration("index");
  // Its types of the library are those that src/index.ts exports.
  const library = join(process.cwd(), LIBRARY.index);
  await writeDeclaration("testing", { [library]: "./index.js" });
}

/**
 * @param {keyof typeof LIBRARY} name
 * @param {Record<string, string>} [paths] what modules that are not bundled are imported from
 */
async function writeDeclaration(name, paths = {}) {
  const declarations = await rollup({
    input: LIBRARY[name],
    plugins: [dts({ includeExternal: BUNDLED_TYPES })],
    external: (source, importer = "") =>
      importer.endsWith(UNBUNDLED_IN) || Object.hasOwn(paths, join(dirname(importer), source)),
    onLog(_level, log) {
      throw new Error(log.message);
    },
  });
  await declarations.write({ file: `dist/${name}.d.ts`, banner: name === "index" ? NOTICE : "", paths });
  await declarations.close();
}
