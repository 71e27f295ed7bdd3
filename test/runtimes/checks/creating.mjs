// Calls that succeed.
import { equal } from "./assert.mjs";

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

  async "middleware sees a request and a response of the platform"(context) {
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

  async "a request is retried when the server is busy"({ client, faultsUrl }) {
    // Once for each address, so that each run finds the server busy.
    const baseUrl = `${faultsUrl}/busy-once/${crypto.randomUUID()}`;
    const { credentials } = client.createRolloutClient({ token: "made-up", baseUrl });
    equal(await credentials.create(input), { id: "credential_after_busy" });
  },
};
