import { join } from "node:path";
import { build } from "esbuild";

/**
 * Bundles an entry as a user's bundler does for a worker or a page.
 *
 * @param {string} project
 * @param {string} entry
 * @param {string[]} conditions those of `exports` that the runtime's bundlers choose by
 */
export async function bundle(project, entry, conditions) {
  const { outputFiles } = await build({
    entryPoints: [join(project, "entries", entry)],
    bundle: true,
    format: "esm",
    platform: "neutral",
    conditions,
    write: false,
  });
  const [{ text } = { text: "" }, ...more] = outputFiles;
  if (more.length > 0) throw new Error(`${entry} became more than one file`);
  return text;
}
