import type { AttemptFailure } from "../errors/attempt-failure.ts";
import { isIdempotent } from "../errors/methods.ts";
import type { RetryPolicy } from "./settings.ts";

const FIRST_DELAY_MILLISECONDS = 500;

const TRANSIENT_STATUSES: readonly number[] = [408, 500, 502, 503, 504];

/** Whether this request can be retried without the server acting twice. */
function isRetryable(method: string, failure: AttemptFailure): boolean {
  switch (failure.kind) {
    case "unsent":
      return true;
    case "lost":
    case "timeout":
      return isIdempotent(method);
    case "unreadable":
      return false;
    case "status":
      if (failure.status === 429) return true;
      if (failure.status === 503 && failure.retryAfter !== undefined) return true;
      return isIdempotent(method) && TRANSIENT_STATUSES.includes(failure.status);
  }
}

/**
 * How many milliseconds to wait before the next attempt, or `undefined` if the failure is final.
 *
 * @param retries - how many times this request has been retried so far
 * @param random - returns a number from 0 up to 1, for the jitter
 */
export function retryDelay(
  method: string,
  failure: AttemptFailure,
  retries: number,
  policy: RetryPolicy,
  random: () => number = Math.random,
): number | undefined {
  if (retries >= policy.limit || !isRetryable(method, failure)) return undefined;
  if (failure.kind === "status" && failure.retryAfter !== undefined) {
    const wait = failure.retryAfter * 1000;
    return wait <= policy.maxDelay ? wait : undefined;
  }
  // Full jitter: callers that failed together do not return together.
  return Math.floor(random() * Math.min(policy.maxDelay, FIRST_DELAY_MILLISECONDS * 2 ** retries));
}
