import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { runProgram } from "../../scripts/lib/run-program.mjs";
import { json, startHttpServer } from "../support/servers.ts";
import { tokenBucket } from "../support/simulated-server.ts";
import { buildProgram } from "./programs.ts";
import { createRedisRateLimiter } from "./redis.ts";
import { startRedis } from "./redis-server.ts";

// So few that a busy machine could make more: the limit is what holds the calls back.
const REQUESTS_PER_SECOND = 20;
const CALLS_OF_A_PROCESS = 60;

let server: Awaited<ReturnType<typeof startRedis>>;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

function connect(): Redis {
  const redis = new Redis(server.path);
  onTestFinished(() => redis.disconnect());
  return redis;
}

/** An API that takes 20 requests per second, in a token bucket, and refuses the others. */
async function startApi() {
  const limit = tokenBucket(REQUESTS_PER_SECOND);
  const seen = { taken: 0, refused: 0 };
  const server = await startHttpServer(() => {
    const isTaken = limit(performance.now()) === undefined;
    seen[isTaken ? "taken" : "refused"] += 1;
    return isTaken ? json({ id: `credential_${seen.taken}` }) : json({ errors: [] }, 429);
  });
  return { baseUrl: server.url, seen };
}

test("two processes share the requests per second of the API", async () => {
  const { baseUrl, seen } = await startApi();
  const program = await buildProgram("redis-process");
  const args = [program, server.path, baseUrl, String(CALLS_OF_A_PROCESS), String(REQUESTS_PER_SECOND)];
  const outputs = await Promise.all([1, 2].map(() => runProgram(process.execPath, args)));
  for (const output of outputs) expect(JSON.parse(output)).toEqual({ succeeded: CALLS_OF_A_PROCESS, codes: [] });
  expect(seen.taken).toBe(2 * CALLS_OF_A_PROCESS);
  expect(seen.refused).toBeLessThanOrEqual(0.05 * seen.taken);
});

test("a signal ends the wait at once, with its reason", async () => {
  const limiter = createRedisRateLimiter(connect(), 1);
  const first = limiter.acquire();
  const controller = new AbortController();
  const second = limiter.acquire(controller.signal);
  controller.abort("changed my mind");
  await expect(second).rejects.toBe("changed my mind");
  await expect(limiter.acquire(AbortSignal.abort("too late"))).rejects.toBe("too late");
  await first;
});

test("a refusal pauses all processes", async () => {
  const [one, other] = [connect(), connect()];
  createRedisRateLimiter(one).refused?.(30_000);
  await one.ping();
  const [key = ""] = await one.keys("*rollout*");
  expect(await other.pttl(key)).toBeGreaterThan(20_000);
  await one.flushall();
});

test("calls go on while Redis cannot be reached", async () => {
  const redis = new Redis(server.path, { lazyConnect: true, enableOfflineQueue: false });
  redis.on("error", () => {});
  await createRedisRateLimiter(redis).acquire();
  redis.disconnect();
});
