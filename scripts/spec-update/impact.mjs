import { propertyOf } from "../openapi/json-value.mjs";

/**
 * @typedef {import("./compare.mjs").Change} Change
 * @typedef {import("./compare.mjs").Impact} Impact
 * @typedef {import("./place.mjs").Place} Place
 */

/**
 * What a change means for this package's users, who compile against its types. `redocly diff` judges what goes over the wire; where that tells our
 * users too little, its verdict is replaced. Where it warns too much, it stays.
 *
 * @param {Change} change
 * @param {Place} place
 * @returns {Impact}
 */
export function impactOf(change, place) {
  return corrections.find(({ applies }) => applies(change, place))?.impact ?? change.impact;
}

/** @type {{ impact: Impact, applies(change: Change, place: Place): boolean }[]} */
const corrections = [
  {
    // A body that must now be sent.
    impact: "major",
    applies: ({ typeName, kind, revision }) =>
      typeName === "RequestBody" && kind === "added" && propertyOf(revision?.value, "required") === true,
  },
  {
    // Servers may ignore what an open schema no longer names; the compiler does not.
    impact: "major",
    applies: ({ kind }, { parts }) => kind === "removed" && isInBody(parts) && parts.at(-1)?.noun === "property",
  },
  {
    // The path's text and its parameters' names are what a caller writes.
    impact: "major",
    applies: ({ typeName, property }) =>
      (typeName === "PathItem" && property === "key") || (typeName === "Parameter" && property === "name"),
  },
  {
    // `components["schemas"]["Name"]` is exported, whether an operation uses the schema or not.
    impact: "major",
    applies: ({ path, kind, property }) =>
      /^#\/components\/schemas\/[^/]+$/.test(path) && (kind === "removed" || property === "key"),
  },
  {
    // What an operation accepts has grown.
    impact: "minor",
    applies: ({ impact, property }, { parts }) =>
      impact === "patch" && isInBody(parts) && (property === "enum" || property === "nullable"),
  },
  {
    impact: "patch",
    applies: ({ impact, typeName }) => impact === "minor" && /^Example/.test(typeName),
  },
];

/** @param {Place["parts"]} parts */
function isInBody(parts) {
  return parts[0]?.noun === "body";
}
