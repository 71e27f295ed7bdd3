import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createRateLimiter, type RateLimiter, unwrap } from "rollout-client";
import { describe, expect, test, vi } from "vitest";
import {
  fixedWindows,
  type Limit,
  refuseAll,
  type SimulatedServer,
  simulatedServer,
  tokenBucket,
} from "../support/simulated-server.ts";
import { makeAtOnce, simulateTimeAndChance } from "../support/simulation.ts";
import { thing } from "../support/things.ts";
import { thingsApi } from "../support/things-api.ts";

/** A client of this server that makes POSTs. */
function posterOf({ fetch }: SimulatedServer, rateLimiter?: RateLimiter) {
  const api = thingsApi({ fetch, rateLimiter });
  return async (call: object = {}) => unwrap(await api.POST("/things", { body: thing, ...call }));
}

interface Row {
  readonly limit: () => Limit;
  /** How many clients share the calls among them. */
  readonly clients?: number;
  /** Whether these clients have one rate limiter. */
  readonly isShared?: boolean;
  readonly calls: number;
  readonly idealSeconds: number;
  readonly maxRefusedShare: number;
  readonly maxFactor: number;
}

const fifty = { limit: () => tokenBucket(50), calls: 400, idealSeconds: 8, maxRefusedShare: 0.01, maxFactor: 1.15 };
const window = { calls: 300, idealSeconds: 6, maxRefusedShare: 0.05, maxFactor: 1.4 };
const rows: Readonly<Record<string, Row>> = {
  "50 per second": fifty,
  "50 in each second": { ...window, limit: () => fixedWindows(50, 0) },
  "50 in each second of a clock 500 ms ahead": { ...window, limit: () => fixedWindows(50, 500) },
  "20 per second, where the client expects 50": {
    ...{ limit: () => tokenBucket(20), calls: 200, idealSeconds: 10, maxRefusedShare: 0.15, maxFactor: 1.4 },
  },
  "50 per second, by four clients with a limiter each": { ...fifty, clients: 4, maxRefusedShare: 0.25, maxFactor: 1.6 },
  "50 per second, by four clients with one limiter": { ...fifty, clients: 4, isShared: true },
};

describe.each([true, false])("with Retry-After: %s", (retryAfter) => {
  test.each(Object.entries(rows))("calls at once to a server that takes %s succeed, in time", async (_case, row) => {
    const random = simulateTimeAndChance(1);
    const server = simulatedServer(row.limit(), { retryAfter, random });
    const rateLimiter = row.isShared ? createRateLimiter() : undefined;
    const posts = Array.from({ length: row.clients ?? 1 }, () => posterOf(server, rateLimiter));
    const outcome = await makeAtOnce(row.calls, async (index) => posts[index % posts.length]?.());
    expect(outcome).toMatchObject({ succeeded: row.calls, errors: [] });
    expect(server.taken).toBe(row.calls);
    expect(server.refused / row.calls).toBeLessThanOrEqual(row.maxRefusedShare);
    expect(outcome.seconds).toBeLessThanOrEqual(row.maxFactor * row.idealSeconds + 1);
  });
});

function heapAfterCollection(): number {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect !== "function") throw new Error("there is no gc");
  collect();
  return process.memoryUsage().heapUsed;
}

test("ten thousand calls at once all succeed and leave no queue, no timer and no memory behind", async () => {
  const random = simulateTimeAndChance(1);
  const server = simulatedServer(tokenBucket(50), { retryAfter: true, random });
  const rateLimiter = createRateLimiter();
  const { signal } = new AbortController();
  const post = posterOf(server, rateLimiter);
  const makeCalls = async (count: number) => {
    const outcome = await makeAtOnce(count, () => post({ signal }));
    expect(outcome).toMatchObject({ succeeded: count, errors: [] });
    expect(outcome.seconds).toBeLessThanOrEqual(1.15 * (count / 50) + 1);
    expect([rateLimiter.queued, vi.getTimerCount()]).toEqual([0, 0]);
    return heapAfterCollection();
  };
  // The first calls make what is made once and for all.
  const before = await makeCalls(500);
  const after = await makeCalls(10_000);
  expect(server.refused).toBeLessThanOrEqual(100);
  // A waiting call that stays in memory would be more than a hundred bytes.
  expect(after - before).toBeLessThan(100 * 10_000);
});

test.each<[string, number, boolean, object, number]>([
  ["one call", 1, true, {}, 3],
  ["one call that may be retried five times", 1, true, { retry: { limit: 5 } }, 6],
  ["one call that may not be retried", 1, true, { retry: false }, 1],
  ["a hundred calls at once, without Retry-After", 100, false, {}, 3],
])("a server that refuses everything ends %s with rate_limited", async (_case, calls, retryAfter, call, attempts) => {
  const random = simulateTimeAndChance(1);
  const server = simulatedServer(refuseAll, { retryAfter, random });
  const post = posterOf(server);
  const outcome = await makeAtOnce(calls, () => post(call));
  const expected = { name: "RolloutApiError", code: "rate_limited", attempts, mayHaveSucceeded: false };
  expect(outcome.errors).toEqual(Array(calls).fill(expect.objectContaining(expected)));
  expect([server.refused, vi.getTimerCount()]).toEqual([calls * attempts, 0]);
});
