import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createRateLimiter, createRolloutClient, type RateLimiter, type RetryOptions } from "rollout-client";
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

interface Row {
  readonly name: string;
  readonly limit: () => Limit;
  /** How many clients share the calls among them. */
  readonly clients: number;
  /** Whether these clients have one rate limiter. */
  readonly isShared?: boolean;
  readonly calls: number;
  readonly idealSeconds: number;
  readonly maxRefusedShare: number;
  readonly maxFactor: number;
}

const fiftyPerSecond = { limit: () => tokenBucket(50), clients: 1, maxRefusedShare: 0.01, maxFactor: 1.15 };

// The table of issue 12, with two phases of the server's clock.
const rows: Row[] = [
  { ...fiftyPerSecond, name: "a token bucket of 50 per second", calls: 400, idealSeconds: 8 },
  ...[0, 500].map((phase) => ({
    name: `50 in each second of a clock ${phase} ms ahead`,
    limit: () => fixedWindows(50, phase),
    clients: 1,
    calls: 300,
    idealSeconds: 6,
    maxRefusedShare: 0.05,
    maxFactor: 1.4,
  })),
  {
    name: "20 per second although the client expects 50",
    limit: () => tokenBucket(20),
    clients: 1,
    calls: 200,
    idealSeconds: 10,
    maxRefusedShare: 0.15,
    maxFactor: 1.4,
  },
  {
    name: "50 per second by four clients without a shared limiter",
    limit: () => tokenBucket(50),
    clients: 4,
    calls: 400,
    idealSeconds: 8,
    maxRefusedShare: 0.25,
    maxFactor: 1.6,
  },
  {
    ...fiftyPerSecond,
    name: "50 per second by four clients with one limiter",
    clients: 4,
    isShared: true,
    calls: 400,
    idealSeconds: 8,
  },
];

/** A client of this server that creates credentials. */
function creatorOf(server: SimulatedServer, rateLimiter?: RateLimiter) {
  const options = { token: "made-up", baseUrl: "https://example.com", fetch: server.fetch, rateLimiter };
  const { credentials } = createRolloutClient(options);
  return (call: { retry?: RetryOptions; signal?: AbortSignal } = {}) =>
    credentials.create({ appKey: "follow-up-boss", userInputs: {} }, call);
}

describe.each([true, false])("with Retry-After: %s", (retryAfter) => {
  test.each(rows)(
    "calls at once against $name all succeed, in time and with few refusals",
    { timeout: 60_000 },
    async (row) => {
      const random = simulateTimeAndChance(1);
      const server = simulatedServer(row.limit(), { retryAfter, random });
      const rateLimiter = row.isShared ? createRateLimiter() : undefined;
      const clients = Array.from({ length: row.clients }, () => creatorOf(server, rateLimiter));
      const outcome = await makeAtOnce(row.calls, async (index) => clients[index % row.clients]?.());
      expect(outcome).toMatchObject({ succeeded: row.calls, errors: [] });
      expect(server.taken).toBe(row.calls);
      expect(server.refused / row.calls).toBeLessThanOrEqual(row.maxRefusedShare);
      expect(outcome.seconds).toBeLessThanOrEqual(row.maxFactor * row.idealSeconds + 1);
    },
  );
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
  const create = creatorOf(server, rateLimiter);
  const makeCalls = async (count: number) => {
    const outcome = await makeAtOnce(count, () => create({ signal }));
    expect(outcome).toMatchObject({ succeeded: count, errors: [] });
    expect(outcome.seconds).toBeLessThanOrEqual(1.15 * (count / 50) + 1);
    expect(rateLimiter.queued).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    return heapAfterCollection();
  };
  // The first calls make what is made once and for all.
  const before = await makeCalls(500);
  const after = await makeCalls(10_000);
  expect(server.refused).toBeLessThanOrEqual(100);
  // A waiting call that stays in memory would be more than a hundred bytes.
  expect(after - before).toBeLessThan(100 * 10_000);
});

test.each([
  { name: "one call, with Retry-After", calls: 1, retryAfter: true, retry: {}, attempts: 3 },
  { name: "one call that may be retried five times", calls: 1, retryAfter: true, retry: { limit: 5 }, attempts: 6 },
  { name: "one call that may not be retried", calls: 1, retryAfter: true, retry: false as const, attempts: 1 },
  {
    name: "a call that may be retried a hundred times",
    calls: 1,
    retryAfter: false,
    retry: { limit: 100 },
    attempts: 21,
  },
  { name: "a hundred calls at once, without Retry-After", calls: 100, retryAfter: false, retry: {}, attempts: 3 },
])(
  "a server that refuses every request ends $name with rate_limited",
  { timeout: 60_000 },
  async ({ calls, retryAfter, retry, attempts }) => {
    const random = simulateTimeAndChance(1);
    const server = simulatedServer(refuseAll, { retryAfter, random });
    const create = creatorOf(server);
    const outcome = await makeAtOnce(calls, () => create({ retry }));
    const expected = { name: "RolloutApiError", code: "rate_limited", attempts, mayHaveSucceeded: false };
    expect(outcome.errors).toEqual(Array(calls).fill(expect.objectContaining(expected)));
    expect(server.refused).toBe(calls * attempts);
    expect(vi.getTimerCount()).toBe(0);
  },
);
