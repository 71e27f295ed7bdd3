// The platform's own fetch, which the environment sends through a proxy that refuses.
import { createRolloutClient } from "rollout-client";
import { equal, matches } from "../checks/assert.mjs";
import { failedCreate, REFUSALS, report } from "./create.mjs";

/** @type {Record<string, () => Promise<void>>} */
const checks = {};
for (const [status, attempts] of REFUSALS) {
  // Without TLS, undici 8 opens no tunnel.
  for (const baseUrl of [
    `https://status-${status}.invalid`,
    ...(status === 407 ? ["http://status-407.invalid"] : []),
  ]) {
    checks[`NODE_USE_ENV_PROXY: ${baseUrl}`] = async () => {
      const options = { token: "made-up", baseUrl, dangerouslyAllowHttp: true, retry: { maxDelay: 1 } };
      const { known, message } = await failedCreate(createRolloutClient(options));
      equal(known, ["network", false, attempts]);
      matches(message, new RegExp(String(status)));
    };
  }
}
await report(checks);
