import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkDocument, parseJson, readText } from "./document.mjs";
import { renderGeneratedFiles } from "./generated-files.mjs";
import { InputError } from "./input-error.mjs";
import { propertyOf } from "./json-value.mjs";
import { actionName, applyOverlay, parseOverlay } from "./overlay.mjs";

export const documentName = "openapi/rollout.json";
export const overlayName = "openapi/overlay.yaml";
export const generatedFolder = "src/generated";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** @param {string} name a path in the project, with slashes */
export function projectFile(name) {
  return join(root, name);
}

/**
 * What src/generated should hold, by path in the project.
 *
 * @param {string} [documentText] instead of the vendored document's
 * @returns {Promise<Map<string, string>>}
 */
export async function generateFromProject(documentText = readText(projectFile(documentName), documentName)) {
  const overlayText = readText(projectFile(overlayName), overlayName);
  const document = checkDocument(parseJson(documentText, documentName), documentName);
  const patched = await applyOverlay(document, parseOverlay(overlayText, overlayName), overlayName);
  const [impossible] = patched.impossible;
  if (impossible) {
    const reason = `the action "${actionName(impossible)}" matches nothing in ${documentName} (${impossible.target})`;
    throw new InputError(overlayName, reason);
  }
  const files = await renderGeneratedFiles({
    patched: patched.document,
    sources: [
      { name: documentName, text: documentText },
      { name: overlayName, text: overlayText },
    ],
    packageVersion: readPackageVersion(),
  });
  return new Map([...files].map(([name, content]) => [`${generatedFolder}/${name}`, content]));
}

function readPackageVersion() {
  const name = "package.json";
  const version = propertyOf(parseJson(readText(projectFile(name), name), name), "version");
  if (typeof version === "string") return version;
  throw new InputError(name, "has no version");
}
