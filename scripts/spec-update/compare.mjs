import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { InputError, reasonOf } from "../openapi/input-error.mjs";
import { propertyOf } from "../openapi/json-value.mjs";

const redocly = createRequire(import.meta.url).resolve("@redocly/cli/bin/cli.js");
const environment = { REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };

/**
 * What `redocly diff` says about one difference between two documents.
 *
 * @typedef {"major" | "minor" | "patch"} Impact
 *
 * @typedef {object} Change
 * @property {string} path the pointer of the place, through references
 * @property {string} typeName what kind of object is there: Operation, Schema, Response, …
 * @property {"added" | "removed" | "modified"} kind
 * @property {Impact} impact
 * @property {{ message: string }[]} verdicts why the impact is what it is; empty for what breaks nothing
 * @property {string} [property] which property of the object was modified; "key" when the object got another name
 * @property {{ pointer: string, value?: unknown }} [base] where it was, references followed
 * @property {{ pointer: string, value?: unknown }} [revision] where it is now
 */

/**
 * @param {unknown} base
 * @param {unknown} revision
 * @param {AbortSignal} [signal]
 * @returns {Promise<Change[]>}
 */
export async function compareDocuments(base, revision, signal) {
  const folder = mkdtempSync(join(tmpdir(), "rollout-client-compare-"));
  try {
    writeFileSync(join(folder, "base.json"), JSON.stringify(base));
    writeFileSync(join(folder, "revision.json"), JSON.stringify(revision));
    const args = [redocly, "diff", "base.json", "revision.json", "--format", "json", "--fail-on", "none"];
    const options = {
      cwd: folder,
      env: { ...process.env, ...environment },
      maxBuffer: 1_000_000_000,
      ...(signal && { signal }),
    };
    const { stdout } = await promisify(execFile)(process.execPath, args, options);
    return readChanges(stdout);
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new InputError("redocly diff", reasonOf(cause), { cause });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {string} output */
function readChanges(output) {
  const changes = propertyOf(JSON.parse(output), "changes");
  if (Array.isArray(changes) && changes.every(isChange)) return changes;
  throw new Error("it printed something else than a list of changes");
}

/**
 * @param {unknown} value
 * @returns {value is Change}
 */
function isChange(value) {
  const texts = ["path", "typeName", "kind"].every((key) => typeof propertyOf(value, key) === "string");
  const impact = propertyOf(value, "impact");
  return (
    texts &&
    (impact === "major" || impact === "minor" || impact === "patch") &&
    Array.isArray(propertyOf(value, "verdicts"))
  );
}
