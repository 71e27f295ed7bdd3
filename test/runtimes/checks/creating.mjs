// Calls that succeed.
import { equal, matches } from "./assert.mjs";

/** @typedef {import("../suite.mjs").Check} Check */

export const input = { appKey: "follow-up-boss", userInputs: { apiKey: "made-up" } };

/** @param {import("../suite.mjs").Context} context */
function clientOf({ client, apiUrl, token }, options = {}) {
  return client.createRolloutClient({ token, baseUrl: apiUrl, ...options });
}

/** @type {Record<string, Check>} */
export const creating = {
  async "create gives the credential"(context) {
    const { credentials } = clientOf(context);
    const credential = await credentials.create(input);
    equal(Object.keys(credential), ["id"]);
    equal(context.client.isOtpChallenge(credential), false);
  },

  async "api gives data, and unwrap takes it out"(context) {
    const { api } = clientOf(context);
    const result = await api.POST("/credentials", { body: input });
    equal([result.response.status, result.error], [200, undefined]);
    equal(context.client.unwrap(result), result.data);
  },

  async "middleware sees a request and an answer of the platform"(context) {
    const { api } = clientOf(context);
    /** @type {unknown[]} */
    const seen = [];
    api.use({
      onRequest({ request }) {
        seen.push(request instanceof Request, request.method);
      },
      onResponse({ response }) {
        seen.push(response instanceof Response, response.status);
      },
    });
    await api.POST("/credentials", { body: input });
    equal(seen, [true, "POST", true, 200]);
  },

  async "a logger is told of each attempt in one line"(context) {
    /** @type {string[]} */
    const lines = [];
    const logger = {
      debug: (/** @type {string} */ line) => void lines.push(`debug ${line}`),
      warn: (/** @type {string} */ line) => void lines.push(`warn ${line}`),
    };
    const { credentials } = clientOf(context, { logger, retry: false });
    await credentials.create(input);
    await credentials.create(input, { headers: { Prefer: "code=500" } }).catch(() => {});
    equal(lines.length, 2);
    matches(lines[0] ?? "", /^debug POST \/credentials 200, attempt 1, \d+ ms$/);
    matches(lines[1] ?? "", /^warn POST \/credentials 500, attempt 1, \d+ ms$/);
  },

  async "a busy server is asked again when it says so"({ client, faultsUrl }) {
    // Once for each address, so that each run finds the server busy.
    const baseUrl = `${faultsUrl}/busy-once/${crypto.randomUUID()}`;
    const { credentials } = client.createRolloutClient({ token: "made-up", baseUrl });
    equal(await credentials.create(input), { id: "credential_after_busy" });
  },
};
