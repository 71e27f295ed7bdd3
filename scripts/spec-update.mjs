// npm run spec:update -- <file or https URL> [--dry-run]: puts a new document in place and says what it changes for users.
import { InputError } from "./lib/openapi/input-error.mjs";
import { atProjectRoot, documentName, readVendoredDocument } from "./lib/openapi/project.mjs";
import { readArguments, run } from "./lib/openapi/run.mjs";
import { writeFilesWhole } from "./lib/openapi/write-files.mjs";
import { readDocument } from "./lib/spec-update/read-document.mjs";

const USAGE = "npm run spec:update -- <file or https URL> [--dry-run]";

await run(async () => {
  const { positionals, values } = readArguments("spec:update", {
    allowPositionals: true,
    options: { "dry-run": { type: "boolean" } },
  });
  const [source, ...others] = positionals;
  if (source === undefined || others.length > 0) {
    throw new InputError("spec:update", `one document is needed: ${USAGE}`);
  }
  const document = await readDocument(source);
  const text = `${JSON.stringify(document, null, 2)}\n`;
  const vendored = readVendoredDocument();
  if (text === vendored.text) return console.log(`${source} is what ${documentName} holds already.`);
  // Only now: loading the compiler takes seconds, and wrong input is refused without it.
  const { planUpdate } = await import("./lib/spec-update/plan.mjs");
  const { report, problem, files } = await planUpdate(vendored.document, document, text);
  console.log(report);
  if (problem !== undefined) throw new InputError("spec:update", problem);
  if (values["dry-run"]) return console.log("Nothing was written.");
  writeFilesWhole(atProjectRoot(files));
  console.log(`Written: ${[...files.keys()].join(", ")}`);
});
