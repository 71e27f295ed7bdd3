// npm run spec:update -- <file or https URL> [--dry-run]: what a new document changes for users, and the document put in place.
import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import { InputError, reasonOf } from "./openapi/input-error.mjs";
import { applyOverlays, refuseImpossibleActions } from "./openapi/overlay.mjs";
import {
  atProjectRoot,
  documentHashName,
  documentName,
  readOverlays,
  readVendoredDocument,
  renderForProject,
} from "./openapi/project.mjs";
import { run } from "./openapi/run.mjs";
import { writeFilesWhole } from "./openapi/write-files.mjs";
import { findChanges, proposedBump } from "./spec-update/findings.mjs";
import { abortOnInterrupt } from "./spec-update/interrupt.mjs";
import { renderChangeset, renderFindings, renderOverlayReport } from "./spec-update/report.mjs";
import { readDocument } from "./spec-update/source.mjs";
import { typeErrorsWith } from "./spec-update/type-check.mjs";

await run(() => abortOnInterrupt("spec:update", update));

/** @param {AbortSignal} signal */
async function update(signal) {
  const { source, dryRun } = readArguments();
  const vendored = readVendoredDocument();
  const document = await readDocument(source, { signal });
  const documentText = `${JSON.stringify(document, null, 2)}\n`;
  if (documentText === vendored.text) return console.log(`${source} is what ${documentName} holds already.`);

  const overlays = readOverlays();
  const before = await applyOverlays(vendored.document, overlays.actions);
  const patched = await applyOverlays(document, overlays.actions);
  const findings = await findChanges(before.document, patched.document, signal);
  const bump = proposedBump(findings);
  console.log(renderFindings(findings));
  const aboutOverlays = renderOverlayReport(patched);
  if (aboutOverlays.length > 0) console.log(["", "The overlays:", "", ...aboutOverlays].join("\n"));
  console.log(`\nProposed: ${bump}`);
  refuseImpossibleActions(patched);

  const generated = await renderForProject({
    patched: patched.document,
    documentText,
    overlaySources: overlays.sources,
  });
  await refuseTypeErrors(generated, signal);
  if (dryRun) return console.log("Nothing was written.");

  const hash = createHash("sha256").update(documentText).digest("hex");
  const versions = { before: vendored.document.info.version, after: document.info.version };
  const files = new Map([
    [documentName, documentText],
    [documentHashName, `${hash}  rollout.json\n`],
    ...generated,
    [`.changeset/document-${hash.slice(0, 8)}.md`, renderChangeset(findings, bump, versions)],
  ]);
  signal.throwIfAborted();
  writeFilesWhole(atProjectRoot(files));
  console.log(`Written: ${[...files.keys()].join(", ")}`);
}

function readArguments() {
  const usage = "npm run spec:update -- <file or https URL> [--dry-run]";
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { "dry-run": { type: "boolean", default: false } },
    });
    const [source, ...others] = positionals;
    if (source === undefined || others.length > 0) throw new Error(`one document is needed: ${usage}`);
    return { source, dryRun: values["dry-run"] };
  } catch (cause) {
    throw new InputError("spec:update", reasonOf(cause), { cause });
  }
}

/**
 * @param {ReadonlyMap<string, string>} generated
 * @param {AbortSignal} signal
 */
async function refuseTypeErrors(generated, signal) {
  const errors = await typeErrorsWith(generated, signal);
  const [first, ...others] = errors;
  if (first === undefined) return;
  console.log(["", "To mend:", "", ...errors.map((line) => `- ${line}`)].join("\n"));
  const more = others.length > 0 ? ` (and ${others.length} more)` : "";
  throw new InputError("spec:update", `the type-check fails with the new document: ${first}${more}`);
}
