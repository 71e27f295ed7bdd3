// Calls that are ended early.
import { equal, failureOf, propertiesOfFailure } from "./assert.mjs";
import { input } from "./creating.mjs";

/** @type {Record<string, import("../suite.mjs").Check>} */
export const ending = {
  async "the timeout covers a body that stalls"({ client, faultsUrl }) {
    const options = {
      token: "made-up",
      baseUrl: `${faultsUrl}/stalled`,
      timeout: 300,
      retry: /** @type {const} */ (false),
    };
    const { credentials } = client.createRolloutClient(options);
    const call = credentials.create(input);
    equal(await propertiesOfFailure(call, client.RolloutNetworkError, "code", "mayHaveSucceeded"), ["timeout", true]);
  },

  async "an abort while the body stalls rejects with the caller's reason"({ client, faultsUrl }) {
    const controller = new AbortController();
    const reason = new Error("the caller's own");
    const { credentials } = client.createRolloutClient({
      token: "made-up",
      baseUrl: `${faultsUrl}/stalled`,
      async fetch(url, init) {
        const response = await fetch(url, init);
        controller.abort(reason);
        return response;
      },
    });
    equal((await failureOf(credentials.create(input, { signal: controller.signal }))) === reason, true);
  },

  async "the platform's timeout signal rejects with its TimeoutError"({ client, faultsUrl }) {
    const { credentials } = client.createRolloutClient({ token: "made-up", baseUrl: `${faultsUrl}/stalled` });
    const signal = AbortSignal.timeout(300);
    const failure = await failureOf(credentials.create(input, { signal }));
    equal([failure === signal.reason, failure instanceof Error && failure.name], [true, "TimeoutError"]);
  },
};
