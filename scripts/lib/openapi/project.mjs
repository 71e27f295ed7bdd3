import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseDocument, readText } from "./document.mjs";
import { renderGeneratedFiles } from "./generated-files.mjs";
import { parseOverlay } from "./overlay.mjs";

export const documentName = "openapi/rollout.json";
/** In the format of sha256sum: notices an edit of the document by hand. */
export const documentHashName = "openapi/rollout.sha256";
/** In the order in which they are applied. */
const overlayNames = ["openapi/corrections.overlay.yaml", "openapi/published.overlay.yaml"];
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
  return { text, document: parseDocument(text, documentName) };
}

export function readOverlays() {
  const sources = overlayNames.map((name) => ({ name, text: readText(projectFile(name), name) }));
  return { sources, actions: sources.flatMap(({ name, text }) => parseOverlay(text, name)) };
}

/**
 * What src/generated should hold, by path in the project.
 *
 * @param {object} input
 * @param {import("./document.mjs").OpenApiDocument} input.patched
 * @param {string} input.documentText
 * @param {readonly import("./generated-files.mjs").Source[]} input.overlaySources
 * @returns {Promise<Map<string, string>>}
 */
export async function renderForProject({ patched, documentText, overlaySources }) {
  const files = await renderGeneratedFiles({
    patched,
    sources: [{ name: documentName, text: documentText }, ...overlaySources],
    packageVersion: JSON.parse(readText(projectFile("package.json"), "package.json")).version,
  });
  return new Map([...files].map(([name, content]) => [`${generatedFolder}/${name}`, content]));
}
