import type { Redis } from "ioredis";
import { RateLimiterMemory, RateLimiterQueue, RateLimiterRedis } from "rate-limiter-flexible";
import type { RateLimiter } from "rollout-client";

/** A rate limiter for all processes that use the same Redis: together they make this many requests per second. */
export function createRedisRateLimiter(redis: Redis, requestsPerSecond = 50): RateLimiter {
  const key = "rollout";
  // While Redis cannot be reached, each process goes on by itself, at half the rate.
  const insuranceLimiter = new RateLimiterMemory({ points: Math.ceil(requestsPerSecond / 2), duration: 1 });
  const limiter = new RateLimiterRedis({
    storeClient: redis,
    points: requestsPerSecond,
    duration: 1,
    execEvenly: true,
    // By default, calls that come slower than the limit allows wait longer, up to a second each.
    execEvenlyMinDelayMs: 0,
    insuranceLimiter,
  });
  const queue = new RateLimiterQueue(limiter);
  return {
    async acquire(signal) {
      const turn = queue.removeTokens(1, key).then(() => {});
      await (signal === undefined ? turn : Promise.race([turn, aborted(signal, turn)]));
    },
    // The server refused a call: no process makes another for as long as it asks.
    refused(pauseMilliseconds) {
      limiter.block(key, Math.max(1, Math.ceil(pauseMilliseconds / 1_000))).catch(() => {});
    },
  };
}

/** Rejects as soon as the signal is aborted, and stops listening to it when the turn comes. */
function aborted(signal: AbortSignal, turn: Promise<void>): Promise<never> {
  return new Promise((_, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort);
    turn.catch(() => {}).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
