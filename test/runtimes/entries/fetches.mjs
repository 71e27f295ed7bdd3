// Each fetch that users pass, with its agents: what reaches the API, and what is known of what did not.
import { Agent } from "node:http";
import { createRequire } from "node:module";
import process from "node:process";
import * as client from "rollout-client";
import { equal, matches } from "../checks/assert.mjs";
import { input } from "../checks/calls.mjs";
import { failedCreate, REFUSALS, report } from "./create.mjs";

const { folder, proxyUrl, apiUrl, faultsUrl, closedUrl, token } = JSON.parse(process.argv[2] ?? "");
const require = createRequire(`${folder}/package.json`);
/** @type {Record<string, any>} */
const undicis = { undici6: require("undici6"), undici7: require("undici7"), undici8: require("undici8") };
/** @type {Record<string, any>} */
const fetches = {
  "node-fetch": require("node-fetch").default,
  "cross-fetch": require("cross-fetch").default,
  ...Object.fromEntries(Object.entries(undicis).map(([name, { fetch }]) => [name, fetch])),
};

const clientWith = (/** @type {any} */ fetch, baseUrl = apiUrl, /** @type {object} */ options = {}) =>
  client.createRolloutClient({ token, baseUrl, fetch, retry: { maxDelay: 1 }, rateLimiter: false, ...options });

/** @type {Record<string, () => Promise<void>>} */
const checks = {};

for (const [name, fetch] of Object.entries(fetches)) {
  checks[`${name}: a create, with middleware too`] = async () => {
    const { api, credentials } = clientWith(fetch);
    equal(Object.keys(await credentials.create(input)), ["id"]);
    api.use({ onRequest() {} });
    equal(Object.keys(await credentials.create(input)), ["id"]);
  };
  checks[`${name}: what is refused, too long, redirected, or never connected`] = async () => {
    const refused = await failedCreate(clientWith(fetch, `${faultsUrl}/refused`));
    equal(refused.known, ["bad_request", false, 1]);
    matches(refused.message, /refusé/);
    const tooLong = await failedCreate(clientWith(fetch, apiUrl, { maxResponseBytes: 1 }));
    equal(tooLong.known, ["invalid_response", true, 1]);
    equal((await failedCreate(clientWith(fetch, `${faultsUrl}/redirected`))).known, ["redirected", true, 1]);
    equal((await failedCreate(clientWith(fetch, closedUrl))).known, ["network", false, 3]);
  };
  checks[`${name}: a form of the platform arrives as one`] = async () => {
    const body = new FormData();
    body.set("name", "a thing");
    const api = client.createRolloutApi({ token, baseUrl: faultsUrl, fetch });
    const { data } = await api.request("post", /** @type {never} */ ("/echo"), /** @type {never} */ ({ body }));
    matches(JSON.stringify(data), /multipart\/form-data; boundary=.*name=\\"name\\"\\r\\n\\r\\na thing/);
  };
  checks[`${name}: a function written for openapi-fetch is told which option it is`] = async () => {
    const { known, message } = await failedCreate(clientWith((/** @type {any} */ request) => fetch(request.url)));
    equal(known[0], "network");
    matches(message, /`fetch`/);
  };
}

for (const [name, { fetch, Agent: OwnAgent, ProxyAgent }] of Object.entries(undicis)) {
  /** @param {unknown} dispatcher @param {string} [baseUrl] */
  const failureWith = async (dispatcher, baseUrl) => {
    const through = (/** @type {any} */ url, /** @type {any} */ init) => fetch(url, { ...init, dispatcher });
    return failedCreate(clientWith(through, baseUrl));
  };
  // undici 6 and 8 do not take each other's agents.
  const other = { undici6: "undici8", undici8: "undici6" }[name];
  /** @type {[string, unknown][]} */
  const refused = [
    ["an agent of node:http", new Agent()],
    ["an object", {}],
    ...(other === undefined
      ? []
      : [/** @type {[string, unknown]} */ ([`an agent of ${other}`, new undicis[other].Agent()])]),
  ];
  for (const [agent, dispatcher] of refused) {
    checks[`${name}: ${agent} is refused before anything is sent`] = async () => {
      equal((await failureWith(dispatcher)).known.slice(0, 2), ["invalid_config", false]);
    };
  }
  for (const [status, attempts] of REFUSALS) {
    checks[`${name}: a proxy that refuses with ${status}`] = async () => {
      const { known, message } = await failureWith(new ProxyAgent(proxyUrl), `https://status-${status}.invalid`);
      equal(known, ["network", false, attempts]);
      matches(message, new RegExp(String(status)));
    };
  }
  checks[`${name}: a name that is not found`] = async () => {
    for (const [syscall, code] of [
      ["getaddrinfo", "EAI_FAIL"],
      ["getaddrinfo", "EAI_NODATA"],
      ["queryA", "ESERVFAIL"],
    ]) {
      const error = Object.assign(new Error(`${syscall} ${code}`), { code, syscall });
      const lookup = (/** @type {string} */ _host, /** @type {object} */ _options, /** @type {Function} */ done) =>
        done(error);
      const { known } = await failureWith(new OwnAgent({ connect: { lookup } }), "https://rollout.invalid");
      equal(known, ["network", false, 3]);
    }
  };
}

await report(checks);
