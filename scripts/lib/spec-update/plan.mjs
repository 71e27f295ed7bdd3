import { createHash } from "node:crypto";
import { actionName, applyOverlays, impossibilityOf } from "../openapi/overlay.mjs";
import { documentHashName, documentName, readOverlays, renderForProject } from "../openapi/project.mjs";
import { findChanges, impactOf, lineOf } from "./changes.mjs";
import { typeErrorsWith } from "./type-errors.mjs";

/** @typedef {import("../openapi/document.mjs").OpenApiDocument} OpenApiDocument */
/** @typedef {import("./changes.mjs").Impact} Impact */

/** @type {[Impact, string][]} The gravest first. */
const GROUPS = [
  ["major", "Breaking"],
  ["minor", "Additions"],
  ["patch", "Other"],
];

/**
 * What an update to a new document would change. Nothing is written here.
 *
 * @param {OpenApiDocument} before the document in place
 * @param {OpenApiDocument} after
 * @param {string} documentText the new document as it will be stored
 * @returns {Promise<{ report: string, problem?: string, files: Map<string, string> }>} with a problem, there are no files
 */
export async function planUpdate(before, after, documentText) {
  const overlays = readOverlays();
  const old = await applyOverlays(before, overlays.actions);
  const patched = await applyOverlays(after, overlays.actions);
  const changes = await findChanges(old.document, patched.document);
  const bump = GROUPS.find(([impact]) => changes.some((change) => impactOf(change) === impact))?.[0] ?? "patch";
  const groups = renderGroups(changes);
  const report = [groups, list("The overlays", remarksOf(patched)), `Proposed: ${bump}`];
  const [impossible] = patched.impossible;
  if (impossible !== undefined)
    return { report: joined(report), problem: impossibilityOf(impossible).message, files: new Map() };

  const overlaySources = overlays.sources;
  const generated = await renderForProject({ patched: patched.document, documentText, overlaySources });
  const errors = typeErrorsWith(generated);
  if (errors.length > 0) {
    const problem = `the type-check fails with the new document: ${errors[0]}`;
    return { report: joined([...report, list("To fix", errors)]), problem, files: new Map() };
  }
  const hash = createHash("sha256").update(documentText).digest("hex");
  const files = new Map([
    [documentName, documentText],
    [documentHashName, `${hash}  rollout.json\n`],
    ...generated,
    [
      `.changeset/document-${hash.slice(0, 8)}.md`,
      `---\n"rollout-client": ${bump}\n---\n\nFollow a new document of the API (version ${after.info.version}).\n\n${groups}\n`,
    ],
  ]);
  return { report: joined(report), files };
}

/**
 * What the overlays say about a document, as lines of the report.
 *
 * @param {import("../openapi/overlay.mjs").Patched} patched
 */
function remarksOf({ superfluous, overriding, impossible }) {
  return [
    ...superfluous.map((action) => `superfluous, delete it from ${action.overlayName}: ${actionName(action)}`),
    ...overriding.map((action) => `${action.overlayName} changes what the document says itself: ${actionName(action)}`),
    ...impossible.map((action) => impossibilityOf(action).message),
  ];
}

/** @param {readonly import("./changes.mjs").Change[]} changes */
function renderGroups(changes) {
  const groups = GROUPS.map(([impact, title]) =>
    list(title, [...new Set(changes.filter((change) => impactOf(change) === impact).map(lineOf))]),
  );
  return joined(groups) || "Nothing that a caller sees.";
}

/**
 * @param {string} title
 * @param {readonly string[]} lines
 */
function list(title, lines) {
  return lines.length === 0 ? "" : `${title}:\n\n${lines.map((line) => `- ${line}`).join("\n")}`;
}

/** @param {readonly string[]} parts */
function joined(parts) {
  return parts.filter((part) => part !== "").join("\n\n");
}
