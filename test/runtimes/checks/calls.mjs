// Calls that succeed, fail, and are ended early.
import { equal, failureOf, matches, propertiesOfFailure } from "./assert.mjs";

export const input = { appKey: "follow-up-boss", userInputs: { apiKey: "made-up" } };

/**
 * The operations of a client without retries.
 *
 * @param {import("../suite.mjs").Context} context
 * @param {string} baseUrl
 * @param {Partial<import("rollout-client").RolloutClientOptions>} [options]
 */
function credentialsAt({ client, token }, baseUrl, options = {}) {
  return client.createRolloutClient({ token, baseUrl, retry: false, ...options }).credentials;
}

/** @type {Record<string, import("../suite.mjs").Check>} */
export const calls = {
  async "create gives the credential"(context) {
    const credential = await credentialsAt(context, context.apiUrl).create(input);
    equal(Object.keys(credential), ["id"]);
    equal(context.client.isOtpChallenge(credential), false);
  },

  async "middleware sees a request and a response of the platform"({ client, token, apiUrl }) {
    const { api } = client.createRolloutClient({ token, baseUrl: apiUrl });
    /** @type {unknown[]} */
    const seen = [];
    api.use({
      onRequest: ({ request }) => void seen.push(request instanceof Request, request.method),
      onResponse: ({ response }) => void seen.push(response instanceof Response, response.status),
    });
    await api.POST("/credentials", { body: input });
    equal(seen, [true, "POST", true, 200]);
  },

  async "a request is retried when the server is busy"(context) {
    // Once for each address, so that each run finds the server busy.
    const baseUrl = `${context.faultsUrl}/busy-once/${crypto.randomUUID()}`;
    equal(await credentialsAt(context, baseUrl, { retry: {} }).create(input), { id: "credential_after_busy" });
  },

  async "a 429 is rate_limited"(context) {
    const credentials = credentialsAt(context, context.apiUrl, {
      fetch: (url, init) => fetch(`${url}?fail=429`, init),
    });
    const { RolloutApiError } = context.client;
    const [errors, ...found] = await propertiesOfFailure(
      credentials.create(input),
      RolloutApiError,
      "errors",
      "status",
      "code",
    );
    equal(found, [429, "rate_limited"]);
    matches(JSON.stringify(errors), /"message":"\w/);
  },

  async "a connection that is never made, one that is lost, and a body that stalls are told apart"(context) {
    const { closedUrl, faultsUrl, traits } = context;
    for (const [baseUrl, ...expected] of /** @type {[string, string, boolean][]} */ ([
      [closedUrl, "network", !traits.tellsUnsent],
      [`${faultsUrl}/cut`, "network", true],
      [`${faultsUrl}/stalled`, "timeout", true],
    ])) {
      const call = credentialsAt(context, baseUrl, { timeout: expected[0] === "timeout" ? 300 : 60_000 }).create(input);
      const { RolloutNetworkError } = context.client;
      equal(await propertiesOfFailure(call, RolloutNetworkError, "code", "mayHaveSucceeded"), expected);
    }
  },

  async "a redirect is refused, and not followed"(context) {
    const address = crypto.randomUUID();
    const call = credentialsAt(context, `${context.faultsUrl}/redirected/${address}`).create(input);
    const { RolloutResponseError } = context.client;
    const found = await propertiesOfFailure(call, RolloutResponseError, "code", "status");
    equal(found, ["redirected", context.traits.hidesRedirects ? 0 : 307]);
    const followed = await fetch(`${context.faultsUrl}/followed`);
    equal((await followed.text()).includes(address), false);
  },

  async "an abort while the body stalls rejects with the caller's reason"(context) {
    const controller = new AbortController();
    const reason = new Error("the caller's own");
    const credentials = credentialsAt(context, `${context.faultsUrl}/stalled`, {
      async fetch(url, init) {
        const response = await fetch(url, init);
        controller.abort(reason);
        return response;
      },
    });
    equal((await failureOf(credentials.create(input, { signal: controller.signal }))) === reason, true);
  },

  async "the platform's timeout signal rejects with its TimeoutError"(context) {
    const signal = AbortSignal.timeout(300);
    const failure = await failureOf(credentialsAt(context, `${context.faultsUrl}/stalled`).create(input, { signal }));
    equal([failure === signal.reason, failure.name], [true, "TimeoutError"]);
  },
};
