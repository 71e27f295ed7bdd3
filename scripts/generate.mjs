// npm run generate: the document and its overlays become src/generated. With --check nothing is written and stale files are named.
import { applyOverlays, impossibilityOf } from "./lib/openapi/overlay.mjs";
import {
  atProjectRoot,
  projectFile,
  readOverlays,
  readVendoredDocument,
  renderForProject,
} from "./lib/openapi/project.mjs";
import { readArguments, run } from "./lib/openapi/run.mjs";
import { readIfThere, writeFilesWhole } from "./lib/openapi/write-files.mjs";

await run(async () => {
  const { values } = readArguments("generate", { options: { check: { type: "boolean" } } });
  const vendored = readVendoredDocument();
  const overlays = readOverlays();
  const patched = await applyOverlays(vendored.document, overlays.actions);
  const [impossible] = patched.impossible;
  if (impossible !== undefined) throw impossibilityOf(impossible);
  const files = await renderForProject({
    patched: patched.document,
    documentText: vendored.text,
    overlaySources: overlays.sources,
  });
  if (values.check) nameStaleFiles(files);
  else writeFilesWhole(atProjectRoot(files));
});

/** @param {ReadonlyMap<string, string>} files */
function nameStaleFiles(files) {
  for (const [name, content] of files) {
    if (readIfThere(projectFile(name)) === content) continue;
    console.error(`${name} is stale: run "npm run generate"`);
    process.exitCode = 1;
  }
}
