// Cloudflare workerd: a worker that runs the suite, and that has clients at module level for requests at the same time.
import * as client from "rollout-client";
import { runSuite } from "../suite.mjs";

// Put in front of this module when it is started.
const surroundings = /** @type {import("../suite.mjs").Surroundings} */ (Reflect.get(globalThis, "surroundings"));
const { apiUrl, faultsUrl, token } = surroundings;
const keys = { clientId: "made-up-client-id", clientSecret: "made-up-client-secret" };
const signed = { body: "{}", signature: "e4ecb23099cce2ad5161004b1f4c92b95b3f742f5c69cff2295daea87828330b" };

let fetches = 0;
let refreshes = 0;
let current = "rejected";

/** A token fetched from a server, as a page does. The first fetch does not end before its request does. */
async function fetchToken() {
  fetches += 1;
  const response = await fetch(`${faultsUrl}/${fetches === 1 ? "stalled" : "followed"}`);
  await response.text();
  return token;
}

/** @param {import("rollout-client").TokenRequest} request */
async function rejectedToken({ refresh }) {
  if (!refresh) return current;
  refreshes += 1;
  await fetch(`${faultsUrl}/followed`);
  current = token;
  return current;
}

/** @type {import("rollout-client").FetchFunction} */
async function rejectOnce(url, init) {
  const response = await fetch(url, init);
  return init.headers.get("authorization") === "Bearer rejected" ? new Response("", { status: 401 }) : response;
}

const options = { baseUrl: apiUrl, rateLimiter: /** @type {const} */ (false) };
const signer = client.createTokenSigner(keys);
const verifier = client.createWebhookVerifier({ clientSecret: keys.clientSecret });
const limited = client.createRolloutClient({ token, baseUrl: apiUrl });
const withSigner = client.createRolloutClient({ ...options, token: signer.forUser("user_123") });
const withCachedToken = client.createRolloutClient({
  ...options,
  token: client.cachedToken(fetchToken),
  timeout: 10_000,
  retry: false,
});
const withRefresh = client.createRolloutClient({ ...options, token: rejectedToken, fetch: rejectOnce });

/** @type {Record<string, () => Promise<unknown>>} */
const routes = {
  suite: () => runSuite({ ...surroundings, client, webSocket: undefined }),
  limited: () => limited.connectors.list(),
  signer: () => withSigner.connectors.list(),
  "cached-token": () => withCachedToken.connectors.list(),
  refresh: () => withRefresh.connectors.list(),
  verifier: () => verifier.verify(signed.body, signed.signature),
  counts: async () => [fetches, refreshes],
};

export default {
  /** @param {Request} request */
  async fetch(request) {
    const { pathname, search } = new URL(request.url);
    const result = routes[pathname.slice(1)]?.();
    // A request that ends without what it began, as when its client goes away.
    if (search === "?leave") return Response.json("left");
    return Response.json(await result);
  },
};
