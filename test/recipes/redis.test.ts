import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { json, startHttpServer } from "../support/servers.ts";
import { askedInWindow, buildProgram, openWindow, REQUESTS_PER_WINDOW, startRedis } from "./parts.ts";
import { createRedisRateLimiter } from "./redis.ts";

const CALLS_OF_A_PROCESS = 60;

function connect(path: string, options: { lazyConnect?: boolean; enableOfflineQueue?: boolean } = {}): Redis {
  const redis = new Redis(path, options);
  onTestFinished(() => redis.disconnect());
  return redis;
}

test("two processes ask one limiter for each request", async () => {
  const path = await startRedis();
  const redis = connect(path);
  await openWindow(redis);
  const { url, requests } = await startHttpServer(() => json({ id: "credential_1" }));
  const start = await buildProgram("redis-process");
  const args = [path, url, String(CALLS_OF_A_PROCESS), String(REQUESTS_PER_WINDOW)];
  for (const { stdout } of await Promise.all([start(args).ended, start(args).ended])) {
    expect(JSON.parse(stdout)).toEqual({ succeeded: CALLS_OF_A_PROCESS, codes: [] });
  }
  expect(requests).toHaveLength(2 * CALLS_OF_A_PROCESS);
  expect(await askedInWindow(redis)).toBe(2 * CALLS_OF_A_PROCESS);
});

test("once the requests of all processes are taken, each of them waits", async () => {
  const path = await startRedis();
  const redis = connect(path);
  await openWindow(redis, { taken: REQUESTS_PER_WINDOW });
  const controller = new AbortController();
  const turns = [connect(path), connect(path)].map((connection) =>
    createRedisRateLimiter(connection, REQUESTS_PER_WINDOW).acquire(controller.signal),
  );
  await expect.poll(() => askedInWindow(redis), { timeout: 60_000 }).toBe(REQUESTS_PER_WINDOW + turns.length);
  controller.abort("enough");
  for (const turn of turns) await expect(turn).rejects.toBe("enough");
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
