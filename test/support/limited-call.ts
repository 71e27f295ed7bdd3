import type { RateLimiter } from "../../src/call/rate-limiter.ts";
import { addRefusal, isRefusal, mayRetryRefusal, NO_REFUSALS, refusalDelay } from "../../src/call/refusal.ts";

const RETRY = { limit: 2, maxDelay: 60_000 };

/** Thrown where the client's error has the code `rate_limited`. */
export class RateLimited extends Error {
  readonly attempts: number;

  constructor(attempts: number) {
    super(`refused ${attempts} times`);
    this.attempts = attempts;
  }
}

/** A call as the client makes it, as far as it concerns rate limits. */
export async function limitedCall(
  fetch: (url: string, init: RequestInit) => Promise<Response>,
  limiter: RateLimiter | undefined,
  retry: { limit: number; maxDelay: number } = RETRY,
): Promise<Response> {
  let refusals = NO_REFUSALS;
  for (;;) {
    await limiter?.acquire();
    const response = await fetch("https://example.com", {});
    const header = response.headers.get("retry-after");
    const retryAfter = header === null ? undefined : Number(header);
    if (!isRefusal(response.status, retryAfter)) {
      limiter?.succeeded?.();
      return response;
    }
    limiter?.refused?.(retryAfter === undefined ? undefined : Math.min(retry.maxDelay, retryAfter * 1000));
    refusals = addRefusal(refusals, limiter);
    const delay = refusalDelay(retryAfter, refusals, limiter, retry.maxDelay);
    if (delay === undefined || !mayRetryRefusal(refusals, limiter, 0, retry.limit)) {
      throw new RateLimited(refusals.total);
    }
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
  }
}
