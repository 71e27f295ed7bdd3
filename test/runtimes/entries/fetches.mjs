// Each fetch that users pass, with its agents: what reaches the API, and what is known of what did not.

import { Agent } from "node:http";
import { createRequire } from "node:module";
import process from "node:process";
import * as client from "rollout-client";
import { equal, failureOf, matches } from "../checks/assert.mjs";
import { input } from "../checks/creating.mjs";
import { runChecks } from "../suite.mjs";

const { folder, proxyUrl, apiUrl, faultsUrl, closedUrl, token } = JSON.parse(process.argv[2] ?? "");
const require = createRequire(`${folder}/package.json`);
const undicis = { undici6: require("undici6"), undici7: require("undici7"), undici8: require("undici8") };
/** @type {Record<string, any>} */
const fetches = {
  "node-fetch": require("node-fetch").default,
  "cross-fetch": require("cross-fetch").default,
  ...Object.fromEntries(Object.entries(undicis).map(([name, { fetch }]) => [name, fetch])),
};

const clientWith = (/** @type {any} */ fetch, baseUrl = apiUrl, /** @type {object} */ options = {}) =>
  client.createRolloutClient({ token, baseUrl, fetch, retry: { maxDelay: 1 }, rateLimiter: false, ...options });

/**
 * What is known of a create that failed.
 *
 * @param {any} fetch
 * @param {string} [baseUrl]
 * @param {object} [options]
 */
async function failure(fetch, baseUrl, options) {
  const error = /** @type {any} */ (await failureOf(clientWith(fetch, baseUrl, options).credentials.create(input)));
  return [error.code, error.mayHaveSucceeded, error.attempts, error.message];
}

/** @type {Record<string, () => Promise<void>>} */
const checks = {};

for (const [name, fetch] of Object.entries(fetches)) {
  checks[`${name}: a create, with middleware too`] = async () => {
    const { api, credentials } = clientWith(fetch);
    equal(Object.keys(await credentials.create(input)), ["id"]);
    api.use({ onRequest() {} });
    equal(Object.keys(await credentials.create(input)), ["id"]);
  };
  checks[`${name}: a refusal names the server's reason`] = async () => {
    const [code, mayHaveSucceeded, , message] = await failure(fetch, `${faultsUrl}/refused`);
    equal([code, mayHaveSucceeded], ["bad_request", false]);
    matches(message, /refusé/);
  };
  checks[`${name}: what is too long, redirected, or never connected`] = async () => {
    equal((await failure(fetch, apiUrl, { maxResponseBytes: 1 })).slice(0, 2), ["invalid_response", true]);
    equal((await failure(fetch, `${faultsUrl}/redirected`)).slice(0, 2), ["redirected", true]);
    equal((await failure(fetch, closedUrl)).slice(0, 3), ["network", false, 3]);
  };
  checks[`${name}: a form of the platform arrives as one`] = async () => {
    const form = new FormData();
    form.set("name", "a thing");
    const { data } = await client
      .createRolloutApi({ token, baseUrl: faultsUrl, fetch })
      .request("post", /** @type {never} */ ("/echo"), /** @type {never} */ ({ body: form }));
    matches(JSON.stringify(data), /multipart\/form-data; boundary=.*name=\\"name\\"\\r\\n\\r\\na thing/);
  };
  checks[`${name}: a function written for openapi-fetch is told how it is called`] = async () => {
    const [code, , , message] = await failure((/** @type {any} */ request) => fetch(request.url));
    equal(code, "network");
    matches(message, /`fetch` option threw/);
  };
}

for (const [name, { fetch, Agent: UndiciAgent, ProxyAgent }] of Object.entries(undicis)) {
  const others = Object.entries(undicis).filter(
    ([other]) => [name, other].includes("undici8") && [name, other].includes("undici6"),
  );
  for (const [agent, dispatcher] of /** @type {[string, unknown][]} */ ([
    ["an agent of node:http", new Agent()],
    ["an object", {}],
    ...others.map(([other, { Agent }]) => [`an agent of ${other}`, new Agent()]),
  ])) {
    if (agent.endsWith(name)) continue;
    checks[`${name}: ${agent} is refused before anything is sent`] = async () => {
      const found = await failure((/** @type {any} */ url, /** @type {any} */ init) =>
        fetch(url, { ...init, dispatcher }),
      );
      equal(found.slice(0, 2), ["invalid_config", false]);
    };
  }
  for (const status of [407, 403, 502, 503]) {
    checks[`${name}: a proxy that refuses with ${status}`] = async () => {
      const dispatcher = new ProxyAgent(proxyUrl);
      const viaProxy = (/** @type {any} */ url, /** @type {any} */ init) => fetch(url, { ...init, dispatcher });
      const [code, mayHaveSucceeded, attempts, message] = await failure(viaProxy, `https://status-${status}.invalid`);
      equal([code, mayHaveSucceeded, attempts], ["network", false, status === 407 ? 1 : 3]);
      matches(message, new RegExp(`with ${status}`));
    };
  }
  checks[`${name}: a name that is not found`] = async () => {
    for (const [syscall, code] of [
      ["getaddrinfo", "EAI_FAIL"],
      ["getaddrinfo", "EAI_NODATA"],
      ["queryA", "ESERVFAIL"],
    ]) {
      const lookup = (
        /** @type {unknown} */ _host,
        /** @type {unknown} */ _options,
        /** @type {(error: Error) => void} */ done,
      ) => done(Object.assign(new Error(`${syscall} ${code}`), { code, syscall }));
      const dispatcher = new UndiciAgent({ connect: { lookup } });
      const found = await failure(
        (/** @type {any} */ url, /** @type {any} */ init) => fetch(url, { ...init, dispatcher }),
        "https://rollout.invalid",
      );
      equal(found.slice(0, 3), ["network", false, 3]);
    }
  };
}

console.log(JSON.stringify(await runChecks(checks)));
process.exit();
