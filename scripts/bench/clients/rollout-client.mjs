import { input, middlewareThatSetsAHeader, token } from "./input.mjs";

/** @type {Record<string, import("./index.mjs").Client>} */
export const rolloutClients = {
  "rollout-client": { imports: "createRolloutClient", sharesLimiter: true, load },
  "rollout-client over undici's request": {
    async load() {
      const create = await load();
      const transport = { fetch: await fetchOverRequest() };
      return (options) => create({ ...options, transport });
    },
  },
};

async function load(shared = false) {
  const { createRateLimiter, createRolloutClient, unwrap } = await import("rollout-client");
  const sharedLimiter = shared ? createRateLimiter() : undefined;
  const unlimitedLimiter = createRateLimiter({ requestsPerSecond: 1_000_000 });
  /** @type {(options: import("./index.mjs").ClientOptions) => import("./index.mjs").Calls} */
  return ({ baseUrl, transport, middleware, unlimited }) => {
    const rateLimiter = unlimited ? unlimitedLimiter : sharedLimiter;
    const rollout = createRolloutClient({ baseUrl, token, ...transport, ...(rateLimiter && { rateLimiter }) });
    if (middleware) rollout.api.use(middlewareThatSetsAHeader);
    return {
      create: () => rollout.credentials.create(input),
      list: async () => unwrap(await rollout.api.GET("/credentials")),
    };
  };
}

async function fetchOverRequest() {
  const { request } = await import("undici");
  /** @param {string | URL | Request} url @param {RequestInit} [init] */
  return async (url, { method, headers, body = null, signal = null } = {}) => {
    if (method !== "POST" || (body !== null && typeof body !== "string")) throw new TypeError("not needed here");
    const sent = Object.fromEntries(new Headers(headers));
    const response = await request(String(url), { method, headers: sent, body, signal });
    const received = { "Content-Type": String(response.headers["content-type"]) };
    return new Response(await response.body.text(), { status: response.statusCode, headers: received });
  };
}
