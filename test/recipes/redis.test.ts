import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { json, startHttpServer } from "../support/servers.ts";
import { tokenBucket } from "../support/simulated-server.ts";
import { buildProgram, startRedis } from "./parts.ts";
import { createRedisRateLimiter } from "./redis.ts";

// So few that a busy machine could make more: the limit is what holds the calls back.
const REQUESTS_PER_SECOND = 20;
const CALLS_OF_A_PROCESS = 60;

function connect(path: string, options: { lazyConnect?: boolean; enableOfflineQueue?: boolean } = {}): Redis {
  const redis = new Redis(path, options);
  onTestFinished(() => redis.disconnect());
  return redis;
}

test("two processes share the requests per second of the API", async () => {
  const limit = tokenBucket(REQUESTS_PER_SECOND);
  const seen = { taken: 0, refused: 0 };
  const { url } = await startHttpServer(() => {
    const isTaken = limit(performance.now()) === undefined;
    seen[isTaken ? "taken" : "refused"] += 1;
    return isTaken ? json({ id: `credential_${seen.taken}` }) : json({ errors: [] }, 429);
  });
  const start = await buildProgram("redis-process");
  const args = [await startRedis(), url, String(CALLS_OF_A_PROCESS), String(REQUESTS_PER_SECOND)];
  for (const { stdout } of await Promise.all([start(args).ended, start(args).ended])) {
    expect(JSON.parse(stdout)).toEqual({ succeeded: CALLS_OF_A_PROCESS, codes: [] });
  }
  expect(seen.taken).toBe(2 * CALLS_OF_A_PROCESS);
  expect(seen.refused).toBeLessThanOrEqual(0.05 * seen.taken);
});

test("a signal ends the wait for the shared limiter at once, with its reason", async () => {
  const limiter = createRedisRateLimiter(connect(await startRedis()), 1);
  const first = limiter.acquire();
  const controller = new AbortController();
  const second = limiter.acquire(controller.signal);
  controller.abort("changed my mind");
  await expect(second).rejects.toBe("changed my mind");
  await expect(limiter.acquire(AbortSignal.abort("too late"))).rejects.toBe("too late");
  await first;
});

test("a refusal pauses all processes that share the limiter", async () => {
  const path = await startRedis();
  const [one, other] = [connect(path), connect(path)];
  createRedisRateLimiter(one).refused?.(30_000);
  await one.ping();
  const [key = ""] = await one.keys("*rollout*");
  expect(await other.pttl(key)).toBeGreaterThan(20_000);
});

test("calls go on while Redis cannot be reached", async () => {
  const redis = connect("/nowhere", { lazyConnect: true, enableOfflineQueue: false });
  redis.on("error", () => {});
  await createRedisRateLimiter(redis).acquire();
});
