// Measures rollout-client beside its peers: `npm run bench`. A complete run writes docs/benchmarks.md and docs/benchmarks.svg;
// one with --quick, --only or --clients only prints its tables.
import { readArguments, UsageError, usage } from "./arguments.mjs";
import { full, quick } from "./settings.mjs";

try {
  await run(process.argv.slice(2));
} catch (error) {
  const reason = error instanceof Error ? error.message.trim().split("\n")[0] : String(error);
  process.stderr.write(`bench: ${reason}${error instanceof UsageError ? `; ${usage}` : ""}\n`);
  process.exitCode = 1;
}

/** @param {string[]} argv */
async function run(argv) {
  const choice = readArguments(argv);
  const { prepare } = await import("./prepare.mjs");
  const { sections } = await import("./sections.mjs");
  const { table } = await import("./report/table.mjs");

  announce("preparing");
  await prepare();
  const results = [];
  for (const name of choice.sections) {
    announce(name);
    const { measure } = (await sections[name]?.()) ?? {};
    const section = await measure?.({ clients: choice.clients, settings: choice.quick ? quick : full });
    if (section === undefined) continue;
    results.push(section);
    process.stdout.write(`\n## ${section.title}\n\n${table(section)}\n`);
  }
  if (choice.complete) await publish(results);
}

/** @param {import("./sections.mjs").Section[]} results */
async function publish(results) {
  const { writePage } = await import("./report/page.mjs");
  const { writePicture } = await import("./report/picture.mjs");
  await writePicture(results);
  await writePage(results);
  announce("wrote docs/benchmarks.svg and docs/benchmarks.md");
}

/** @param {string} what */
function announce(what) {
  const seconds = (performance.now() / 1000).toFixed(0);
  process.stderr.write(`bench ${seconds.padStart(3)} s: ${what}\n`);
}
