// npm run generate: the document and its overlays become src/generated. With --check nothing is written and stale files are named.
import { parseArgs } from "node:util";
import { InputError, reasonOf } from "./lib/openapi/input-error.mjs";
import { applyOverlays, refuseImpossibleActions } from "./lib/openapi/overlay.mjs";
import {
  atProjectRoot,
  projectFile,
  readOverlays,
  readVendoredDocument,
  renderForProject,
} from "./lib/openapi/project.mjs";
import { run } from "./lib/openapi/run.mjs";
import { readIfThere, writeFilesWhole } from "./lib/openapi/write-files.mjs";

await run(async () => {
  const { check } = readArguments();
  const vendored = readVendoredDocument();
  const overlays = readOverlays();
  const patched = await applyOverlays(vendored.document, overlays.actions);
  refuseImpossibleActions(patched);
  const files = await renderForProject({
    patched: patched.document,
    documentText: vendored.text,
    overlaySources: overlays.sources,
  });
  if (check) nameStaleFiles(files);
  else writeFilesWhole(atProjectRoot(files));
});

function readArguments() {
  try {
    return parseArgs({ options: { check: { type: "boolean", default: false } } }).values;
  } catch (cause) {
    throw new InputError("generate", reasonOf(cause), { cause });
  }
}

/** @param {ReadonlyMap<string, string>} files */
function nameStaleFiles(files) {
  for (const [name, content] of files) {
    if (readIfThere(projectFile(name)) === content) continue;
    console.error(`${name} is stale: run "npm run generate"`);
    process.exitCode = 1;
  }
}
