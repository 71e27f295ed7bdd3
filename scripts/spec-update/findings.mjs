import { compareDocuments } from "./compare.mjs";
import { impactOf } from "./impact.mjs";
import { placeOf } from "./place.mjs";
import { wordsForChange, wordsForPlace } from "./words.mjs";

/**
 * A change in a maintainer's words.
 *
 * @typedef {import("./compare.mjs").Impact} Impact
 * @typedef {{ impact: Impact, text: string }} Finding
 */

/**
 * @param {unknown} base
 * @param {unknown} revision
 * @param {AbortSignal} [signal]
 * @returns {Promise<Finding[]>}
 */
export async function findChanges(base, revision, signal) {
  const changes = await compareDocuments(base, revision, signal);
  return mergeMediaTypes(changes.map((change) => describe(change, change.revision === undefined ? base : revision)));
}

/**
 * @param {readonly Finding[]} findings
 * @returns {Impact}
 */
export function proposedBump(findings) {
  return (
    /** @type {const} */ (["major", "minor"]).find((impact) => findings.some((finding) => finding.impact === impact)) ??
    "patch"
  );
}

/**
 * @param {import("./compare.mjs").Change} change
 * @param {unknown} document the one that the change's path leads through
 */
function describe(change, document) {
  const place = placeOf(change.path, document);
  const part = place.parts.at(-1);
  const named = change.kind === "modified" && change.property !== "key";
  const outer = named ? place : { ...place, parts: place.parts.slice(0, -1) };
  const text = `${wordsForPlace(outer)}: ${wordsForChange(change, part)}${sharedBy(change)}`;
  return { impact: impactOf(change, place), mediaType: place.mediaType, text };
}

/**
 * The tool reports a change of a shared component once, at the first place that uses it.
 *
 * @param {import("./compare.mjs").Change} change
 */
function sharedBy({ path, base, revision }) {
  const [, kind, name] = /^#\/components\/([^/]+)\/([^/]+)/.exec((revision ?? base)?.pointer ?? "") ?? [];
  return name === undefined || path.startsWith("#/components/") ? "" : ` (wherever components.${kind}.${name} is used)`;
}

/**
 * A body or answer that is described in several media types changes in all of them: one line is enough, and JSON needs no mention.
 *
 * @param {(Finding & { mediaType: string | undefined })[]} findings
 * @returns {Finding[]}
 */
function mergeMediaTypes(findings) {
  /** @type {Map<string, Finding & { mediaTypes: (string | undefined)[] }>} */
  const merged = new Map();
  for (const { impact, text, mediaType } of findings) {
    const key = `${impact} ${text}`;
    merged.set(key, { impact, text, mediaTypes: [...(merged.get(key)?.mediaTypes ?? []), mediaType] });
  }
  return [...merged.values()].map(({ impact, text, mediaTypes }) => {
    const everywhere = mediaTypes.some((mediaType) => mediaType === undefined || /[/+]json$/.test(mediaType));
    return { impact, text: everywhere ? text : `${text} (as ${mediaTypes.join(", ")})` };
  });
}
