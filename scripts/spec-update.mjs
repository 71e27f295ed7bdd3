// npm run spec:update -- <file or https URL> [--dry-run]: puts a new document in place and says what it changes for users.
import { parseArgs } from "node:util";
import { InputError, reasonOf } from "./lib/openapi/input-error.mjs";
import { atProjectRoot, documentName, readVendoredDocument } from "./lib/openapi/project.mjs";
import { run } from "./lib/openapi/run.mjs";
import { writeFilesWhole } from "./lib/openapi/write-files.mjs";
import { readDocument } from "./lib/spec-update/read-document.mjs";

await run(async () => {
  const { source, dryRun } = readArguments();
  const document = await readDocument(source);
  const text = `${JSON.stringify(document, null, 2)}\n`;
  const vendored = readVendoredDocument();
  if (text === vendored.text) return console.log(`${source} is what ${documentName} holds already.`);
  // Only now: loading the compiler takes seconds, and wrong input is refused without it.
  const { planUpdate } = await import("./lib/spec-update/plan.mjs");
  const { report, problem, files } = await planUpdate(vendored.document, document, text);
  console.log(report);
  if (problem !== undefined) throw new InputError("spec:update", problem);
  if (dryRun) return console.log("Nothing was written.");
  writeFilesWhole(atProjectRoot(files));
  console.log(`Written: ${[...files.keys()].join(", ")}`);
});

function readArguments() {
  const options = /** @type {const} */ ({ "dry-run": { type: "boolean", default: false } });
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options });
    const [source, ...others] = positionals;
    if (source === undefined || others.length > 0) {
      throw new Error("one document is needed: npm run spec:update -- <file or https URL> [--dry-run]");
    }
    return { source, dryRun: values["dry-run"] };
  } catch (cause) {
    throw new InputError("spec:update", reasonOf(cause), { cause });
  }
}
