import { createRateLimiter, type RateLimiter, unwrap } from "rollout-client";
import { describe, expect, test, vi } from "vitest";
import { makeAtOnce, simulateTimeAndChance } from "../support/simulation.ts";
import { thing } from "../support/things.ts";
import { thingsApi } from "../support/things-api.ts";

// By an address, so that the type-check of the tests leaves the benchmark alone.
const { fixedWindows, tokenBucket } = await import(new URL("../../scripts/bench/servers.mjs", import.meta.url).href);

/** Whether a server takes one more request, given its time in seconds. */
type Limit = (now: number) => boolean;

/**
 * A server whose clock is half a second ahead of the simulated one, behind the `fetch` that a client is given: it responds after
 * 40 to 80 ms, and refuses with 429 what is beyond its limit. `count` is what it has done so far.
 */
function simulatedServer(limit: Limit, options: { retryAfter: boolean; random: () => number }) {
  const count = { taken: 0, refused: 0 };
  const travel = () => new Promise((resolve) => setTimeout(resolve, 20 + 20 * options.random()));
  const respond = (): Response => {
    if (limit(performance.now() / 1000 + 0.5)) {
      count.taken += 1;
      return Response.json({ id: `credential_${count.taken}` });
    }
    count.refused += 1;
    // By both limits, no wait is longer than a second.
    return Response.json({ errors: [] }, { status: 429, headers: options.retryAfter ? { "Retry-After": "1" } : {} });
  };
  const fetch = async (): Promise<Response> => {
    await travel();
    const response = respond();
    await travel();
    return response;
  };
  return { fetch, count };
}

/** Makes POSTs to this server. */
function posterOf({ fetch }: ReturnType<typeof simulatedServer>, rateLimiter?: RateLimiter) {
  const api = thingsApi({ fetch, rateLimiter });
  return async () => unwrap(await api.POST("/things", { body: thing }));
}

const fifty = { limit: () => tokenBucket(50), calls: 400, ideal: 8, maxRefused: 0.01, maxFactor: 1.15 };
const rows = {
  "50 per second": fifty,
  "50 in each second": { limit: () => fixedWindows(50), calls: 300, ideal: 6, maxRefused: 0.05, maxFactor: 1.4 },
  "20 per second, where the client expects 50": {
    ...{ limit: () => tokenBucket(20), calls: 200, ideal: 10, maxRefused: 0.15, maxFactor: 1.4 },
  },
  "50 per second, by four clients with a limiter each": { ...fifty, clients: 4, maxRefused: 0.25, maxFactor: 1.6 },
  "50 per second, by four clients with one limiter": { ...fifty, clients: 4, isShared: true },
};

describe.each([true, false])("with Retry-After: %s", (retryAfter) => {
  test.each(Object.entries(rows))("calls at once to a server that takes %s succeed, in time", async (_case, row) => {
    const random = simulateTimeAndChance(1);
    const { limit, calls, ideal, maxRefused, maxFactor, clients, isShared } = { clients: 1, isShared: false, ...row };
    const server = simulatedServer(limit(), { retryAfter, random });
    const rateLimiter = isShared ? createRateLimiter() : undefined;
    const posts = Array.from({ length: clients }, () => posterOf(server, rateLimiter));
    const { errors, seconds } = await makeAtOnce(calls, async (index) => posts[index % clients]?.());
    expect([errors, server.count.taken]).toEqual([[], calls]);
    expect(server.count.refused / calls).toBeLessThanOrEqual(maxRefused);
    expect(seconds).toBeLessThanOrEqual(maxFactor * ideal + 1);
  });
});

test("ten thousand calls at once all succeed, in time, and leave no queue and no timer behind", async () => {
  const random = simulateTimeAndChance(1);
  const server = simulatedServer(tokenBucket(50), { retryAfter: true, random });
  const rateLimiter = createRateLimiter();
  const post = posterOf(server, rateLimiter);
  const { errors, seconds } = await makeAtOnce(10_000, () => post());
  expect([errors, rateLimiter.queued, vi.getTimerCount()]).toEqual([[], 0, 0]);
  expect(seconds).toBeLessThanOrEqual(1.15 * 200 + 1);
  expect(server.count.refused).toBeLessThanOrEqual(100);
});

test("a server that refuses everything ends a hundred calls at once with rate_limited after their retries", async () => {
  const random = simulateTimeAndChance(1);
  const server = simulatedServer(() => false, { retryAfter: false, random });
  const post = posterOf(server);
  const { errors } = await makeAtOnce(100, () => post());
  const expected = { name: "RolloutApiError", code: "rate_limited", attempts: 3, mayHaveSucceeded: false };
  expect(errors).toEqual(Array(100).fill(expect.objectContaining(expected)));
  expect([server.count.refused, vi.getTimerCount()]).toEqual([300, 0]);
});
