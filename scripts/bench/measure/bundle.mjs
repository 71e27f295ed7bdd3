import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { format } from "../statistics.mjs";

/** @type {import("../sections.mjs").Measure} */
export async function measure({ clients }) {
  const sizes = [];
  for (const client of clients) sizes.push({ title: client.title, ...(await bundle(client.id)) });
  return {
    title: "Bundle size, kB",
    method:
      "The module that makes the call, bundled by esbuild (minified, ESM, for browsers), then gzip -9 and brotli. " +
      "The row of fetch is the calling module itself. openai and @anthropic-ai/sdk bring their products' resources along.",
    columns: ["gzip", "brotli", "minified"],
    rows: sizes.map(({ title, ...bytes }) => ({
      title,
      cells: [bytes.gzip, bytes.brotli, bytes.minified].map((size) => format(size / 1000, 2)),
    })),
    bars: {
      title: "Bundle, kB gzip",
      values: sizes.map(({ title, gzip }) => ({ title, value: gzip / 1000 })),
    },
  };
}

/** @param {string} clientId */
async function bundle(clientId) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../clients/${clientId}.mjs`, import.meta.url))],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    write: false,
    logLevel: "error",
  });
  const [{ contents }] = /** @type {[import("esbuild").OutputFile]} */ (outputFiles);
  return {
    minified: contents.length,
    gzip: gzipSync(contents, { level: 9 }).length,
    brotli: brotliCompressSync(contents).length,
  };
}
