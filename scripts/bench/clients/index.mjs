/**
 * @typedef {object} ClientOptions
 * @property {string} baseUrl
 * @property {string} token
 * @property {typeof globalThis.fetch} [fetch] A stub; without it the client uses what it uses by default.
 * @property {number} [timeout] In milliseconds; without it the client's own default stands.
 */

/**
 * Builds a client as its documentation says and returns the one call that is measured: `POST /credentials`, which resolves
 * to the parsed body and rejects for any status outside 2xx. Every module of this folder exports one as `createCall`.
 *
 * @typedef {(options: ClientOptions) => (input: import("rollout-client").CreateCredentialInput) => Promise<unknown>} CreateCall
 */

/**
 * @typedef {object} Client
 * @property {string} id The name of its module in this folder.
 * @property {string} title
 * @property {string} [package] The package to install; none for what Node has built in.
 * @property {string} [specifier] What to import to load the whole package; the package itself when left out.
 */

/** @type {readonly Client[]} */
export const clients = [
  { id: "fetch", title: "fetch" },
  { id: "openapi-fetch", title: "openapi-fetch", package: "openapi-fetch" },
  { id: "rollout-client", title: "rollout-client", package: "rollout-client" },
  { id: "rollout-client-signer", title: "rollout-client + signer", package: "rollout-client" },
  { id: "hey-api", title: "@hey-api/openapi-ts", package: "@hey-api/openapi-ts", specifier: "#hey-api" },
  { id: "ky", title: "ky", package: "ky" },
  { id: "axios", title: "axios", package: "axios" },
  { id: "octokit", title: "@octokit/core", package: "@octokit/core" },
  { id: "openai", title: "openai", package: "openai" },
  { id: "anthropic", title: "@anthropic-ai/sdk", package: "@anthropic-ai/sdk" },
];

/** The clients that the others are compared with, so they are part of every run. */
export const references = ["fetch", "openapi-fetch"];

/** The same body for every client. */
export const input = {
  appKey: "follow-up-boss",
  userInputs: { apiKey: "not-a-real-key" },
  entitiesToSync: { tasks: true, notes: true },
};

/** Three parts, because Octokit sends only what looks like a JWT as a bearer token. */
export const token = "not.a.token";

/**
 * @param {string} id
 * @returns {Promise<CreateCall>}
 */
export async function loadCreateCall(id) {
  /** @type {{ createCall: CreateCall }} */
  const client = await import(`./${id}.mjs`);
  return client.createCall;
}
