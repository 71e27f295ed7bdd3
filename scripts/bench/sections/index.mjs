import { measureDuplicates } from "./duplicates.mjs";
import { measureImport, measureInstall, measureSize } from "./package.mjs";
import { measureRateLimit } from "./rate-limit.mjs";
import { measureConstruction, measureHeap, measureRequests, measureStub } from "./speed.mjs";

/**
 * @typedef {object} Section
 * @property {string} title
 * @property {string} note How it was measured.
 * @property {readonly string[]} columns The headings after the first.
 * @property {readonly { title: string, cells: readonly string[] }[]} rows
 * @property {string} [chart] The column whose figures the chart shows.
 */

/** `rounds` are processes of each client, each measures for `milliseconds`; `rateLimitScale` is the part of the calls that is made. */
export const full = { rounds: 3, milliseconds: 400, imports: 15, heapCalls: 40_000, rateLimitScale: 1 };

/** @typedef {typeof full} Settings @type {Settings} */
export const quick = { rounds: 1, milliseconds: 50, imports: 2, heapCalls: 2_000, rateLimitScale: 0.25 };

/** In the order of the page. @type {Record<string, (settings: Settings) => Promise<Section>>} */
export const sections = {
  size: measureSize,
  install: measureInstall,
  import: measureImport,
  construct: measureConstruction,
  stub: measureStub,
  requests: measureRequests,
  heap: measureHeap,
  duplicates: measureDuplicates,
  "rate-limit": measureRateLimit,
};
