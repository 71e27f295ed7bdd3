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

/** `time` is in ms, after as many batches as `warmUp`; `scale` is the part of the calls at the rate limit that is made. */
export const full = { rounds: 5, duration: { warmUp: 12, time: 300 }, imports: 61, heapCalls: 30_000, scale: 1 };

/** @typedef {typeof full} Settings @type {Settings} */
export const quick = { rounds: 1, duration: { warmUp: 2, time: 50 }, imports: 2, heapCalls: 2_000, scale: 0.25 };

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
