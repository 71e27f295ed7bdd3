import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  createRateLimiter,
  createRolloutApi,
  createRolloutClient,
  type RateLimiter,
  type RetryOptions,
  RolloutApiError,
  unwrap,
} from "rollout-client";
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
import type { ThingPaths } from "../support/things.ts";

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

// The first column of issue 12's table, and phases of the server's clock beside it.
const rows: Row[] = [
  { ...fiftyPerSecond, name: "a token bucket of 50 per second", calls: 400, idealSeconds: 8 },
  ...[0, 250, 500, 750].map((phase) => ({
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

type Call = (options?: { retry?: RetryOptions; signal?: AbortSignal }) => Promise<unknown>;

/** How a client of this server reads, or creates a credential. */
const operations: [string, (server: SimulatedServer, rateLimiter?: RateLimiter) => Call][] = [
  [
    "reads",
    (server, rateLimiter) => {
      const options = { token: "made-up", baseUrl: "https://example.com", fetch: server.fetch, rateLimiter };
      const api = createRolloutApi<ThingPaths>(options);
      return async (call) => unwrap(await api.GET("/things", { ...call }));
    },
  ],
  [
    "creates",
    (server, rateLimiter) => {
      const options = { token: "made-up", baseUrl: "https://example.com", fetch: server.fetch, rateLimiter };
      const { credentials } = createRolloutClient(options);
      return (call) => credentials.create({ appKey: "gmail", userInputs: {} }, call);
    },
  ],
];

describe.each(operations)("%s", (_operation, clientOf) => {
  describe.each([true, false])("with Retry-After: %s", (retryAfter) => {
    test.each(rows)("at once against $name all succeed, in time and with few refusals", async (row) => {
      for (const seed of [1, 2, 3]) {
        const random = simulateTimeAndChance(seed);
        const server = simulatedServer(row.limit(), { retryAfter, random });
        const rateLimiter = row.isShared ? createRateLimiter() : undefined;
        const clients = Array.from({ length: row.clients }, () => clientOf(server, rateLimiter));
        const outcome = await makeAtOnce(row.calls, async (index) => clients[index % row.clients]?.());
        expect(outcome.errors).toEqual([]);
        expect(outcome.succeeded).toBe(row.calls);
        expect(server.taken).toBe(row.calls);
        expect(server.refused / row.calls).toBeLessThanOrEqual(row.maxRefusedShare);
        expect(outcome.seconds).toBeLessThanOrEqual(row.maxFactor * row.idealSeconds + 1);
      }
    });
  });
});

function heapAfterCollection(): number {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect !== "function") throw new Error("there is no gc");
  collect();
  return process.memoryUsage().heapUsed;
}

test.each(operations)(
  "ten thousand %s at once all succeed and leave no queue, no timer and no memory behind",
  {
    timeout: 120_000,
  },
  async (_operation, clientOf) => {
    const random = simulateTimeAndChance(1);
    const server = simulatedServer(tokenBucket(50), { retryAfter: true, random });
    const rateLimiter = createRateLimiter();
    const { signal } = new AbortController();
    const call = clientOf(server, rateLimiter);
    const makeCalls = async (count: number) => {
      const outcome = await makeAtOnce(count, () => call({ signal }));
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
  },
);

describe.each(operations)("a server that refuses every request ends %s with rate_limited:", (_operation, clientOf) => {
  test.each([
    { name: "one call, with Retry-After", calls: 1, retryAfter: true, retry: {}, attempts: 3 },
    { name: "one call, without Retry-After", calls: 1, retryAfter: false, retry: {}, attempts: 3 },
    { name: "one call that may be retried five times", calls: 1, retryAfter: true, retry: { limit: 5 }, attempts: 6 },
    { name: "one call that may not be retried", calls: 1, retryAfter: true, retry: false as const, attempts: 1 },
    {
      name: "one call that may be retried a hundred times",
      calls: 1,
      retryAfter: false,
      retry: { limit: 100 },
      attempts: 21,
    },
    { name: "a hundred calls at once", calls: 100, retryAfter: false, retry: {}, attempts: 3 },
  ])("$name", async ({ calls, retryAfter, retry, attempts }) => {
    const random = simulateTimeAndChance(1);
    const server = simulatedServer(refuseAll, { retryAfter, random });
    const call = clientOf(server);
    const outcome = await makeAtOnce(calls, () => call({ retry }));
    expect(outcome.errors).toHaveLength(calls);
    for (const error of outcome.errors) {
      expect(error).toBeInstanceOf(RolloutApiError);
      expect(error).toMatchObject({ code: "rate_limited", attempts, mayHaveSucceeded: false });
    }
    expect(server.refused).toBe(calls * attempts);
    expect(vi.getTimerCount()).toBe(0);
  });
});
