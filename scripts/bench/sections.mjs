/**
 * What one measurement found, ready to be printed as a table; `bars` is what the picture draws of it.
 *
 * @typedef {object} Section
 * @property {string} title
 * @property {string} method How the figures were got.
 * @property {string[]} columns The headings after the first.
 * @property {{ title: string, cells: string[] }[]} rows
 * @property {Bars} [bars]
 */

/**
 * @typedef {object} Bars
 * @property {string} title
 * @property {{ title: string, value: number }[]} values
 */

/**
 * @typedef {object} Task
 * @property {readonly import("./clients/index.mjs").Client[]} clients
 * @property {import("./settings.mjs").Settings} settings
 */

/** @typedef {(task: Task) => Promise<Section>} Measure */

/**
 * In the order of the page. Each is loaded only when it runs: several need the peers, which are installed by then.
 *
 * @type {Record<string, () => Promise<{ measure: Measure }>>}
 */
export const sections = {
  bundle: () => import("./measure/bundle.mjs"),
  install: () => import("./measure/install.mjs"),
  import: () => import("./measure/import.mjs"),
  stub: () => import("./measure/stub.mjs"),
  http: () => import("./measure/http.mjs"),
  heap: () => import("./measure/heap.mjs"),
  construct: () => import("./measure/construct.mjs"),
  token: () => import("./measure/token.mjs"),
  duplicates: () => import("./measure/duplicates.mjs"),
};
