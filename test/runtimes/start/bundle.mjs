import { join } from "node:path";
import { rolldown } from "rolldown";

/**
 * Bundles an entry as a user's bundler does for a worker or a page.
 *
 * @param {string} project
 * @param {string} entry
 * @param {string[]} conditions those of `exports` that the runtime's bundlers choose by
 */
export async function bundle(project, entry, conditions) {
  const build = await rolldown({
    input: join(project, "entries", entry),
    platform: "neutral",
    resolve: { conditionNames: [...conditions, "import", "default"] },
  });
  const { output } = await build.generate({ format: "esm" });
  await build.close();
  const [{ code }, ...more] = output;
  if (more.length > 0) throw new Error(`${entry} became more than one file`);
  return code;
}
