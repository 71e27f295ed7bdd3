// What requests of one Cloudflare Worker do to each other. A request must not use the timers and connections of another one,
// and what a request began ends with it.
import { setTimeout } from "node:timers/promises";
import { matches } from "./checks/assert.mjs";
import { runChecks } from "./suite.mjs";

/** @typedef {(path: string) => Promise<unknown>} SendRequest */

/** @type {Record<string, (request: SendRequest) => Promise<void>>} */
const checks = {
  ...Object.fromEntries(
    ["limited", "signer", "verifier", "refresh"].map((path) => [
      `200 requests at once, and one after 2 s, share a client at module level: ${path}`,
      (/** @type {SendRequest} */ request) => manyThenOne(request, path),
    ]),
  ),

  async "requests that end while their calls wait hold up no other"(request) {
    await Promise.all(Array.from({ length: 60 }, () => request("limited?leave")));
    await request("limited");
  },

  async "a token fetch that ended with its request holds up no other"(request) {
    await request("cached-token?leave");
    await manyThenOne(request, "cached-token");
  },

  // A few, and not one: a call waits for what another one fetches only for so long, and a busy machine may take longer.
  async "fewer than 10 of 200 calls fetched a token, and fewer than 10 refreshed it"(request) {
    matches(JSON.stringify(await request("counts")), /^\[[1-9],[1-9]\]$/);
  },
};

/**
 * @param {SendRequest} request
 * @param {string} path
 */
async function manyThenOne(request, path) {
  const results = await Promise.allSettled(Array.from({ length: 200 }, () => request(path)));
  const failures = results.filter(({ status }) => status === "rejected");
  if (failures.length > 0) throw new Error(`${failures.length} of 200 failed`, { cause: failures[0] });
  await setTimeout(2_000);
  await request(path);
}

/**
 * @param {SendRequest} request
 * @returns {Promise<import("./suite.mjs").Result[]>}
 */
export function concurrentRequests(request) {
  return runChecks(Object.fromEntries(Object.entries(checks).map(([name, check]) => [name, () => check(request)])));
}
