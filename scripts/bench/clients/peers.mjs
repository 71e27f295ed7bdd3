import { headers, input, middlewareThatSetsAHeader, token } from "./input.mjs";

/** @type {Record<string, import("./index.mjs").Client>} */
export const peers = {
  fetch: {
    async load() {
      return ({ baseUrl, transport: { fetch = globalThis.fetch, timeout } = {} }) => {
        const send = async (/** @type {RequestInit} */ init) => {
          const response = await fetch(`${baseUrl}/credentials`, { ...init, ...limitedBy(timeout) });
          if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
          return response.json();
        };
        const json = { method: "POST", headers: { ...headers, "Content-Type": "application/json" } };
        return { create: () => send({ ...json, body: JSON.stringify(input) }), list: () => send({ headers }) };
      };
    },
  },
  "openapi-fetch": {
    async load() {
      const { default: createClient } = await import("openapi-fetch");
      return ({ baseUrl, transport: { fetch, timeout } = {}, middleware }) => {
        /** @type {import("openapi-fetch").Client<import("rollout-client").paths>} */
        const client = createClient({ baseUrl, headers, ...(fetch && { fetch }) });
        if (middleware) client.use(middlewareThatSetsAHeader);
        return {
          create: async () => dataOf(await client.POST("/credentials", { body: input, ...limitedBy(timeout) })),
          list: async () => dataOf(await client.GET("/credentials", limitedBy(timeout))),
        };
      };
    },
  },
  ky: { load: loadKy },
  "ky + p-queue": {
    sharesLimiter: true,
    async load(shared) {
      const create = await loadKy();
      const { default: PQueue } = await import("p-queue");
      const createQueue = () => new PQueue({ interval: 1_000, intervalCap: 50 });
      const sharedQueue = createQueue();
      return (options) => {
        const calls = create(options);
        const queue = shared ? sharedQueue : createQueue();
        return { create: () => queue.add(calls.create), list: () => queue.add(calls.list) };
      };
    },
  },
  axios: {
    async load() {
      const { default: axios } = await import("axios");
      return ({ baseUrl: baseURL, transport: { fetch, timeout = 0 } = {} }) => {
        // Without a stub this is what a user gets on Node: the adapter over node:http.
        const client = axios.create({ baseURL, headers, timeout, ...(fetch && { adapter: "fetch", env: { fetch } }) });
        return { create: () => client.post("/credentials", input), list: () => client.get("/credentials") };
      };
    },
  },
  "@octokit/core": { imports: "Octokit", load: () => loadOctokit() },
  "Octokit + throttling + retry": {
    sharesLimiter: true,
    async load() {
      const { retry } = await import("@octokit/plugin-retry");
      const { throttling } = await import("@octokit/plugin-throttling");
      return loadOctokit([throttling, retry]);
    },
  },
  openai: {
    async load() {
      const { default: OpenAI } = await import("openai");
      return ({ baseUrl: baseURL, transport }) => {
        const client = new OpenAI({ baseURL, apiKey: token, ...transport });
        return { create: () => client.post("/credentials", { body: input }), list: () => client.get("/credentials") };
      };
    },
  },
};

async function loadKy() {
  const { default: ky } = await import("ky");
  /** @type {(options: import("./index.mjs").ClientOptions) => import("./index.mjs").Calls} */
  return ({ baseUrl: prefixUrl, transport }) => {
    const client = ky.create({ prefixUrl, headers, ...transport });
    return {
      create: () => client.post("credentials", { json: input }).json(),
      list: () => client.get("credentials").json(),
    };
  };
}

/** @param {import("@octokit/core/types").OctokitPlugin[]} plugins */
async function loadOctokit(plugins = []) {
  const { Octokit } = await import("@octokit/core");
  const Extended = Octokit.plugin(...plugins);
  const throttle = { onRateLimit: () => true, onSecondaryRateLimit: () => true };
  /** @type {(options: import("./index.mjs").ClientOptions) => import("./index.mjs").Calls} */
  return ({ baseUrl, transport: { fetch, timeout } = {} }) => {
    const octokit = new Extended({ baseUrl, auth: token, throttle, request: fetch ? { fetch } : {} });
    return {
      create: () => octokit.request("POST /credentials", { ...input, request: limitedBy(timeout) }),
      list: () => octokit.request("GET /credentials", { request: limitedBy(timeout) }),
    };
  };
}

/** @param {{ data?: unknown, error?: unknown, response: Response }} result */
function dataOf({ data, error, response }) {
  if (!response.ok) throw new Error(`${response.status}: ${JSON.stringify(error)}`);
  return data;
}

/** @param {number | undefined} timeout */
function limitedBy(timeout) {
  return timeout === undefined ? {} : { signal: AbortSignal.timeout(timeout) };
}
