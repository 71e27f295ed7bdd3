/** @type {import("rollout-client").CreateCredentialInput} */
export const input = {
  appKey: "follow-up-boss",
  userInputs: { apiKey: "not-a-real-key" },
  entitiesToSync: { tasks: true, notes: true },
};

/** Three parts, because Octokit sends only what looks like a JWT as a bearer token. */
export const token = "not.a.token";
export const headers = { Authorization: `Bearer ${token}` };

/** @type {import("openapi-fetch").Middleware} */
export const middlewareThatSetsAHeader = {
  onRequest({ request }) {
    request.headers.set("X-Bench", "1");
    return request;
  },
};
