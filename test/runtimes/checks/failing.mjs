// Answers and connections that are not as they should be.
import { equal, matches, propertiesOfFailure } from "./assert.mjs";
import { input } from "./creating.mjs";

/** @typedef {import("../suite.mjs").Check} Check */

/**
 * @param {string} baseUrl
 * @param {import("../suite.mjs").Context} context
 * @param {Partial<import("rollout-client").RolloutClientOptions>} [options]
 */
function clientAt(baseUrl, { client, token }, options = {}) {
  return client.createRolloutClient({ token, baseUrl, retry: false, ...options });
}

/**
 * @param {number} status
 * @param {string} code
 * @param {boolean} mayHaveSucceeded
 * @returns {Check}
 */
function statusMeans(status, code, mayHaveSucceeded) {
  return async (context) => {
    const { credentials } = clientAt(context.apiUrl, context);
    const call = credentials.create(input, { headers: { Prefer: `code=${status}` } });
    const { RolloutApiError } = context.client;
    const names = /** @type {const} */ (["status", "code", "mayHaveSucceeded", "method", "path", "attempts", "errors"]);
    const [...found] = await propertiesOfFailure(call, RolloutApiError, ...names);
    const errors = /** @type {{ message: string }[]} */ (found.pop());
    equal(found, [status, code, mayHaveSucceeded, "POST", "/credentials", 1]);
    matches(errors[0]?.message ?? "", /\w/);
  };
}

/** @type {Record<string, Check>} */
export const failing = {
  "a 401 is unauthorized": statusMeans(401, "unauthorized", false),
  "a 429 is rate_limited": statusMeans(429, "rate_limited", false),
  "a 500 is server_error": statusMeans(500, "server_error", true),

  async "after a 401 one new token is tried"(context) {
    /** @type {boolean[]} */
    const asked = [];
    const token = ({ refresh = false }) => {
      asked.push(refresh);
      return "refused";
    };
    const { credentials } = clientAt(context.apiUrl, context, { token });
    const call = credentials.create(input);
    equal(await propertiesOfFailure(call, context.client.RolloutApiError, "code", "attempts"), ["unauthorized", 2]);
    equal(asked, [false, true]);
  },

  async "where nothing listens, the error is network"(context) {
    const { credentials } = clientAt(context.closedUrl, context);
    const { RolloutNetworkError } = context.client;
    const found = await propertiesOfFailure(credentials.create(input), RolloutNetworkError, "code", "mayHaveSucceeded");
    equal(found, ["network", !context.traits.tellsUnsent]);
  },

  async "a connection lost in the middle of a body is network"(context) {
    const { credentials } = clientAt(`${context.faultsUrl}/cut`, context);
    const { RolloutNetworkError } = context.client;
    const found = await propertiesOfFailure(credentials.create(input), RolloutNetworkError, "code", "mayHaveSucceeded");
    equal(found, ["network", true]);
  },

  async "a redirect is refused, and not followed"(context) {
    const address = crypto.randomUUID();
    const { credentials } = clientAt(`${context.faultsUrl}/redirected/${address}`, context);
    const { RolloutResponseError } = context.client;
    const found = await propertiesOfFailure(credentials.create(input), RolloutResponseError, "code", "status");
    equal(found, ["redirected", context.traits.hidesRedirects ? 0 : 307]);
    const followed = await fetch(`${context.faultsUrl}/followed`);
    equal((await followed.text()).includes(address), false);
  },

  async "an answer that is not JSON is invalid_response"(context) {
    const { credentials } = clientAt(`${context.faultsUrl}/html`, context);
    const { RolloutResponseError } = context.client;
    equal(await propertiesOfFailure(credentials.create(input), RolloutResponseError, "code"), ["invalid_response"]);
  },
};
