import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { propertyOf } from "../openapi/json-value.mjs";
import { runProgram } from "../run-program.mjs";

const redocly = createRequire(import.meta.url).resolve("@redocly/cli/bin/cli.js");
const environment = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };

/**
 * One difference, as `redocly diff --format json` prints it: `path` leads through references, `base` and `revision` do not; the property "key" of an
 * object is its name; there are verdicts where something breaks.
 *
 * @typedef {"major" | "minor" | "patch"} Impact
 * @typedef {{ pointer: string, value?: unknown }} Side
 * @typedef {{ path: string, typeName: string, kind: "added" | "removed" | "modified", property?: string, impact: Impact,
 *   verdicts: { message: string }[], base?: Side, revision?: Side }} Change
 */

/**
 * @param {unknown} before
 * @param {unknown} after
 * @returns {Promise<Change[]>}
 */
export async function findChanges(before, after) {
  const folder = mkdtempSync(join(tmpdir(), "rollout-client-diff-"));
  try {
    writeFileSync(join(folder, "before.json"), JSON.stringify(before));
    writeFileSync(join(folder, "after.json"), JSON.stringify(after));
    const args = [redocly, "diff", "before.json", "after.json", "--format", "json", "--fail-on", "none"];
    const printed = await runProgram(process.execPath, args, { cwd: folder, env: environment });
    /** @type {{ changes: Change[] }} */
    const { changes } = JSON.parse(printed);
    return changes;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * The release that a change needs. redocly judges what goes over the wire; code that compiles against the types breaks as well when a name in them
 * is gone or renamed, or when a body must be sent where there was none.
 *
 * @param {Change} change
 * @returns {Impact}
 */
export function impactOf(change) {
  const { path, typeName, kind, impact, revision } = change;
  const nameGone = kind === "removed" && /\/(properties|schemas)(\/[^/]+)?$|^#\/components$/.test(path);
  const bodyAdded = kind === "added" && typeName === "RequestBody" && propertyOf(revision?.value, "required") === true;
  return nameGone || isRename(change) || bodyAdded ? "major" : impact;
}

/** @param {Change} change */
function isRename({ property, typeName }) {
  return property === "key" || (property === "name" && typeName === "Parameter");
}

/**
 * The change as one line: the operation, the place in it without the media type, and redocly's own words.
 *
 * @param {Change} change
 */
export function lineOf(change) {
  const { path, kind, property, verdicts, base, revision } = change;
  const [, operationPath, method, inOperation = path] = OPERATION.exec(path) ?? [];
  const operation = operationPath && [method?.toUpperCase(), unescaped(operationPath)].filter(Boolean).join(" ");
  const place = unescaped(inOperation.replace(/\/content\/[^/]+(\/schema)?/, "").replace(/^#?\//, ""));
  const where = [operation, place, property].filter(Boolean).join(" · ") || "the document";
  const words = isRename(change) ? `renamed from ${base?.value}` : kind;
  const [, shared] = /^#\/(components\/[^/]+\/[^/]+)/.exec((revision ?? base)?.pointer ?? "") ?? [];
  const note = shared === undefined || path.startsWith("#/components/") ? "" : ` (wherever ${shared} is used)`;
  return `${where}: ${verdicts.map(({ message }) => message).join(" ") || words}${note}`;
}

const OPERATION = /^#\/paths\/([^/]+)(?:\/(get|put|post|delete|options|head|patch|trace)(?=\/|$))?(.*)$/;

/** @param {string} token */
function unescaped(token) {
  return token.replaceAll("~1", "/").replaceAll("~0", "~");
}
