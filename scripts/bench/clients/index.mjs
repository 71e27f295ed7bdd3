import { peers } from "./peers.mjs";
import { rolloutClients } from "./rollout-client.mjs";

/**
 * @typedef {object} ClientOptions
 * @property {string} baseUrl
 * @property {{ fetch?: typeof globalThis.fetch, timeout?: number }} [transport] What is left out is the client's default.
 * @property {boolean} [middleware] Whether openapi-fetch and rollout-client run a middleware that sets a header.
 * @property {boolean} [unlimited] Whether rollout-client gets a rate limiter whose rate is never reached.
 */

// `POST` and `GET /credentials`: each parses the body and rejects for any status outside 2xx.
/** @typedef {{ create: () => PromiseLike<unknown>, list: () => PromiseLike<unknown> }} Calls */

/**
 * @typedef {object} Client
 * @property {string} [imports] The name that a user imports from the package; the default export when left out.
 * @property {boolean} [sharesLimiter] Whether clients share one rate limiter when `load` is called with `true`.
 * @property {(shared?: boolean) => Promise<(options: ClientOptions) => Calls>} load Imports the package and gives a function
 *   that makes a client as the package's documentation says.
 */

/** @type {Readonly<Record<string, Client>>} By the title of the row. */
const clients = { ...peers, ...rolloutClients };

/** Each package once, in the order of the tables. */
export const packages = ["fetch", "openapi-fetch", "rollout-client", "ky", "axios", "@octokit/core", "openai"];

/** @param {string} title */
export function clientOf(title) {
  const client = clients[title];
  if (client === undefined) throw new Error(`no client "${title}"`);
  return client;
}
