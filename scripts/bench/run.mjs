// Measures rollout-client beside its peers. A complete run writes docs/benchmarks.md; one with --quick or --only prints its tables.
import { parseArgs } from "node:util";
import { prepare, versions } from "./prepare.mjs";
import { chapter, writePage } from "./report.mjs";
import { full, quick, sections } from "./sections/index.mjs";

const names = Object.keys(sections);

try {
  await run(readArguments());
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

function readArguments() {
  try {
    const { values } = parseArgs({ options: { quick: { type: "boolean" }, only: { type: "string" } } });
    const unknown = values.only?.split(",").find((name) => !names.includes(name));
    if (unknown !== undefined) throw new TypeError(`no section "${unknown}"`);
    return { ...values, chosen: names.filter((name) => values.only?.split(",").includes(name) ?? true) };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split(/\. |\n/)[0] : error;
    throw new Error(`${reason}; usage: npm run bench -- [--quick] [--only ${names.join(",")}]`);
  }
}

/** @param {ReturnType<typeof readArguments>} choice */
async function run({ quick: brief = false, only, chosen }) {
  announce("preparing");
  await prepare();
  const measured = [];
  for (const name of chosen) {
    announce(name);
    const section = await sections[name]?.(brief ? quick : full);
    if (section === undefined) continue;
    measured.push(section);
    process.stdout.write(`\n${chapter(section)}`);
  }
  if (brief || only !== undefined) return;
  await writePage(new URL("../../docs/benchmarks.md", import.meta.url), measured, versions());
  announce("wrote docs/benchmarks.md");
}

/** @param {string} what */
function announce(what) {
  process.stderr.write(`bench ${(performance.now() / 1000).toFixed(0).padStart(3)} s: ${what}\n`);
}
