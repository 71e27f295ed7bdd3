import { actionName } from "../openapi/overlay.mjs";

/**
 * @typedef {import("./findings.mjs").Finding} Finding
 * @typedef {import("./findings.mjs").Impact} Impact
 * @typedef {import("../openapi/overlay.mjs").Patched} Patched
 */

/** @type {{ impact: Impact, title: string }[]} */
const groups = [
  { impact: "major", title: "Breaking" },
  { impact: "minor", title: "Additions" },
  { impact: "patch", title: "Other" },
];

/**
 * The changes in groups, as Markdown, for the terminal and for the changeset.
 *
 * @param {readonly Finding[]} findings
 */
export function renderFindings(findings) {
  const sections = groups.map(({ impact, title }) => {
    const lines = findings.filter((finding) => finding.impact === impact).map(({ text }) => `- ${text}`);
    return lines.length > 0 ? [`${title}:`, "", ...lines].join("\n") : "";
  });
  return sections.filter((section) => section !== "").join("\n\n") || "Nothing that a caller sees.";
}

/** @param {Patched} patched */
export function renderOverlayReport({ superfluous, overriding, impossible }) {
  return [
    ...superfluous.map((action) => `- superfluous, the document says it itself now: ${actionName(action)}`),
    ...overriding.map((action) => `- changes what the document says itself now: ${actionName(action)}`),
    ...impossible.map((action) => `- impossible, its target is gone (${action.target}): ${actionName(action)}`),
  ];
}

/**
 * @param {readonly Finding[]} findings
 * @param {Impact} bump
 * @param {{ before: string, after: string }} versions
 */
export function renderChangeset(findings, bump, { before, after }) {
  const versions = before === after ? `version ${after}` : `version ${after}, before ${before}`;
  return `---
"rollout-client": ${bump}
---

Follow a new document of the API (${versions}).

${renderFindings(findings)}
`;
}
