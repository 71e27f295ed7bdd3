// The platform's own fetch, which the environment sends through a proxy that refuses.
import process from "node:process";
import { createRolloutClient } from "rollout-client";
import { equal, failureOf, matches } from "../checks/assert.mjs";
import { input } from "../checks/creating.mjs";
import { runChecks } from "../suite.mjs";

/** @type {Record<string, () => Promise<void>>} */
const checks = {};

for (const [baseUrl, status] of /** @type {[string, number][]} */ ([
  ...[407, 403, 502, 503].map((status) => [`https://status-${status}.invalid`, status]),
  // Without TLS, undici 8 opens no tunnel.
  ["http://status-407.invalid", 407],
])) {
  checks[`NODE_USE_ENV_PROXY: ${baseUrl}`] = async () => {
    const options = { token: "made-up", baseUrl, dangerouslyAllowHttp: true, retry: { maxDelay: 1 } };
    const error = /** @type {any} */ (await failureOf(createRolloutClient(options).credentials.create(input)));
    equal([error.code, error.mayHaveSucceeded, error.attempts], ["network", false, status === 407 ? 1 : 3]);
    matches(error.message, new RegExp(`with ${status}`));
  };
}

console.log(JSON.stringify(await runChecks(checks)));
process.exit();
