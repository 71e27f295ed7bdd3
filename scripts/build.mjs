// npm run build: dist/ from src/. JavaScript by esbuild, with source maps; declarations by rollup-plugin-dts, which keeps every documentation
// comment. One file for each entry, so that Node loads few files; what entries share is in a file of its own.
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bundleDeclarations, LIBRARY, LIBRARY_PATHS } from "./lib/declarations.mjs";

/** The program `rollout-client`: it alone may import from Node. It imports the library by its name, like every other program. */
const PROGRAM = { "command-line": "src/command-line/main.ts" };

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
  for (const name of Object.keys(LIBRARY)) {
    const declarations = await bundleDeclarations(name);
    const banner = name === "index" ? NOTICE : "";
    await declarations.write({ file: `dist/${name}.d.ts`, banner, paths: LIBRARY_PATHS });
    await declarations.close();
  }
}
