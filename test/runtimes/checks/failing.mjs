// Responses and connections that are not as they should be.
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

/** @type {Record<string, Check>} */
export const failing = {
  async "a 429 is rate_limited"(context) {
    const { credentials } = clientAt(context.apiUrl, context, {
      fetch: (url, init) => fetch(`${url}?fail=429`, init),
    });
    const found = await propertiesOfFailure(
      credentials.create(input),
      context.client.RolloutApiError,
      "status",
      "code",
      "errors",
    );
    equal(found.slice(0, 2), [429, "rate_limited"]);
    matches(JSON.stringify(found[2]), /"message":"\w/);
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
};
