import { createHash } from "node:crypto";
import { actionName, applyOverlay } from "../openapi/overlay.mjs";
import { documentHashName, documentName, overlayName, readOverlay, renderForProject } from "../openapi/project.mjs";
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
  const overlays = [{ name: overlayName, ...readOverlay() }];
  const old = await applyOverlays(before, overlays);
  const patched = await applyOverlays(after, overlays);
  const changes = await findChanges(old.document, patched.document);
  const bump = GROUPS.find(([impact]) => changes.some((change) => impactOf(change) === impact))?.[0] ?? "patch";
  const groups = renderGroups(changes);
  const report = [groups, list("The overlays", patched.remarks), `Proposed: ${bump}`];
  if (patched.problem !== undefined) return { report: joined(report), problem: patched.problem, files: new Map() };

  const overlayText = overlays.map(({ text }) => text).join("");
  const generated = await renderForProject({ patched: patched.document, documentText, overlayText });
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
 * @param {OpenApiDocument} original
 * @param {{ name: string, overlay: import("../openapi/overlay.mjs").Overlay }[]} overlays in the order in which they are applied
 */
async function applyOverlays(original, overlays) {
  let document = original;
  /** @type {string[]} */
  const remarks = [];
  /** @type {string[]} */
  const problems = [];
  for (const { name, overlay } of overlays) {
    const patched = await applyOverlay(document, overlay, name);
    document = patched.document;
    for (const action of patched.superfluous)
      remarks.push(`superfluous, delete it from ${name}: ${actionName(action)}`);
    for (const action of patched.overriding)
      remarks.push(`${name} changes what the document says itself: ${actionName(action)}`);
    for (const action of patched.impossible)
      problems.push(`${name}: the action "${actionName(action)}" matches nothing in the document (${action.target})`);
  }
  return { document, remarks: [...remarks, ...problems], problem: problems[0] };
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
