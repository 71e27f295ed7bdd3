import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkDocument, parseJson, readText } from "./document.mjs";
import { renderGeneratedFiles } from "./generated-files.mjs";
import { InputError } from "./input-error.mjs";
import { propertyOf } from "./json-value.mjs";
import { actionName, parseOverlay } from "./overlay.mjs";

export const documentName = "openapi/rollout.json";
/** In the format of sha256sum: notices an edit of the document by hand. */
export const documentHashName = "openapi/rollout.sha256";
export const overlayName = "openapi/overlay.yaml";
const generatedFolder = "src/generated";

const projectRoot = fileURLToPath(new URL("../../..", import.meta.url));

/** @param {string} name a path in the project, with slashes */
export function projectFile(name) {
  return join(projectRoot, name);
}

/** @param {ReadonlyMap<string, string>} files content by path in the project */
export function atProjectRoot(files) {
  return new Map([...files].map(([name, content]) => [projectFile(name), content]));
}

export function readVendoredDocument() {
  const text = readText(projectFile(documentName), documentName);
  return { text, document: checkDocument(parseJson(text, documentName), documentName) };
}

export function readOverlay() {
  const text = readText(projectFile(overlayName), overlayName);
  return { text, overlay: parseOverlay(text, overlayName) };
}

/** @param {import("./overlay.mjs").Patched} patched */
export function refuseImpossibleActions({ impossible: [action, ...others] }) {
  if (action === undefined) return;
  const more = others.length > 0 ? `, and so do ${others.length} more` : "";
  throw new InputError(
    overlayName,
    `the action "${actionName(action)}" matches nothing in the document (${action.target})${more}`,
  );
}

/**
 * What src/generated should hold, by path in the project.
 *
 * @param {object} input
 * @param {import("./document.mjs").OpenApiDocument} input.patched
 * @param {string} input.documentText
 * @param {string} input.overlayText
 * @returns {Promise<Map<string, string>>}
 */
export async function renderForProject({ patched, documentText, overlayText }) {
  const files = await renderGeneratedFiles({
    patched,
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
