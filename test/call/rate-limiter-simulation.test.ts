import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test, vi } from "vitest";
import { createRateLimiter } from "../../src/call/rate-limiter.ts";
import { limitedCall, RateLimited } from "../support/limited-call.ts";
import { fixedWindows, type Limit, refuseAll, simulatedServer, tokenBucket } from "../support/simulated-server.ts";
import { makeAtOnce, simulateTimeAndChance } from "../support/simulation.ts";

interface Row {
  readonly name: string;
  readonly limit: () => Limit;
  /** How many limiters share the calls among them. */
  readonly limiters: number;
  readonly calls: number;
  readonly idealSeconds: number;
  readonly maxRefusedShare: number;
  readonly maxFactor: number;
}

const fiftyPerSecond = { limit: () => tokenBucket(50), limiters: 1, maxRefusedShare: 0.01, maxFactor: 1.15 };

// The first column of issue 12's table, and phases of the server's clock beside it.
const rows: Row[] = [
  { ...fiftyPerSecond, name: "a token bucket of 50 per second", calls: 400, idealSeconds: 8 },
  ...[0, 250, 500, 750].map((phase) => ({
    name: `50 in each second of a clock ${phase} ms ahead`,
    limit: () => fixedWindows(50, phase),
    limiters: 1,
    calls: 300,
    idealSeconds: 6,
    maxRefusedShare: 0.05,
    maxFactor: 1.4,
  })),
  {
    name: "20 per second although the client expects 50",
    limit: () => tokenBucket(20),
    limiters: 1,
    calls: 200,
    idealSeconds: 10,
    maxRefusedShare: 0.15,
    maxFactor: 1.4,
  },
  {
    name: "50 per second and four limiters that do not know of each other",
    limit: () => tokenBucket(50),
    limiters: 4,
    calls: 400,
    idealSeconds: 8,
    maxRefusedShare: 0.25,
    maxFactor: 1.6,
  },
];

describe.each([true, false])("with Retry-After: %s", (retryAfter) => {
  test.each(rows)("calls at once against $name all succeed, in time and with few refusals", async (row) => {
    for (const seed of [1, 2, 3]) {
      const random = simulateTimeAndChance(seed);
      const server = simulatedServer(row.limit(), { retryAfter, random });
      const limiters = Array.from({ length: row.limiters }, () => createRateLimiter());
      const outcome = await makeAtOnce(row.calls, (index) => limitedCall(server.fetch, limiters[index % row.limiters]));
      expect(outcome.errors).toEqual([]);
      expect(outcome.succeeded).toBe(row.calls);
      expect(server.taken).toBe(row.calls);
      expect(server.refused / row.calls).toBeLessThanOrEqual(row.maxRefusedShare);
      expect(outcome.seconds).toBeLessThanOrEqual(row.maxFactor * row.idealSeconds + 1);
    }
  });
});

function heapAfterCollection(): number {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect !== "function") throw new Error("there is no gc");
  collect();
  return process.memoryUsage().heapUsed;
}

test("ten thousand calls at once all succeed and leave no queue, no timer and no memory behind", {
  timeout: 60_000,
}, async () => {
  const random = simulateTimeAndChance(1);
  const server = simulatedServer(tokenBucket(50), { retryAfter: true, random });
  const limiter = createRateLimiter();
  const { signal } = new AbortController();
  const makeCalls = async (count: number) => {
    let longestQueue = 0;
    const outcome = await makeAtOnce(count, async () => {
      const turn = limiter.acquire(signal);
      longestQueue = Math.max(longestQueue, limiter.queued);
      await turn;
      await server.fetch("https://example.com", {});
      limiter.succeeded();
    });
    expect(outcome).toMatchObject({ succeeded: count, errors: [] });
    expect(outcome.seconds).toBeLessThanOrEqual(1.15 * (count / 50) + 1);
    expect(longestQueue).toBeGreaterThanOrEqual(count - 20);
    expect(limiter.queued).toBe(0);
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

describe("a server that refuses every request", () => {
  test.each([
    { name: "one call, with Retry-After", calls: 1, retryAfter: true, limit: 2, attempts: 3 },
    { name: "one call, without Retry-After", calls: 1, retryAfter: false, limit: 2, attempts: 3 },
    { name: "one call that may be retried five times", calls: 1, retryAfter: true, limit: 5, attempts: 6 },
    { name: "one call that may not be retried", calls: 1, retryAfter: true, limit: 0, attempts: 1 },
    { name: "one call that may be retried a hundred times", calls: 1, retryAfter: false, limit: 100, attempts: 20 },
    { name: "five hundred calls at once", calls: 500, retryAfter: false, limit: 2, attempts: 2 },
  ])("ends $name after a bounded number of attempts", async ({ calls, retryAfter, limit, attempts }) => {
    const random = simulateTimeAndChance(1);
    const server = simulatedServer(refuseAll, { retryAfter, random });
    const limiter = createRateLimiter();
    const retry = { limit, maxDelay: 60_000 };
    const ended: number[] = [];
    const began = performance.now();
    const outcome = await makeAtOnce(calls, async () => {
      try {
        await limitedCall(server.fetch, limiter, retry);
      } finally {
        ended.push((performance.now() - began) / 1000);
      }
    });
    expect(outcome.errors).toHaveLength(calls);
    const counts = outcome.errors.map((error) => (error instanceof RateLimited ? error.attempts : Number.NaN));
    expect(Math.max(...counts)).toBe(attempts);
    // The first error of many calls comes while a person still watches.
    expect(Math.min(...ended)).toBeLessThan(60);
  });
});
