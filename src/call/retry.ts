import type { AttemptFailure } from "../errors/attempt-failure.ts";
import { isIdempotent } from "../errors/methods.ts";
import { MAX_TIMER_MILLISECONDS } from "../values/timer.ts";
import type { RetryPolicy } from "./settings.ts";

const FIRST_DELAY_MILLISECONDS = 500;
// A Retry-After is never cut short; up to this share of it is added.
const RETRY_AFTER_JITTER = 0.25;
const FIRST_READY_DELAY_MILLISECONDS = 1_000;
const MAX_READY_DELAY_MILLISECONDS = 10_000;

const TRANSIENT_STATUSES: readonly number[] = [408, 500, 502, 503, 504];

/**
 * Whether the server refused the request because of its limits, and did nothing: 429, or 503 with `Retry-After`
 * (RFC 6585, section 4; RFC 9110, section 15.6.4).
 */
export function isRefusal(failure: AttemptFailure): boolean {
  return (
    failure.kind === "status" &&
    (failure.status === 429 || (failure.status === 503 && failure.retryAfter !== undefined))
  );
}

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
      return isRefusal(failure) || (isIdempotent(method) && TRANSIENT_STATUSES.includes(failure.status));
  }
}

/**
 * How many milliseconds to wait before the next attempt, or `undefined` if the failure is final.
 *
 * @param retries - how many retries this request has used up so far
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
    if (wait > policy.maxDelay) return undefined;
    return Math.min(MAX_TIMER_MILLISECONDS, Math.floor(wait * (1 + RETRY_AFTER_JITTER * random())));
  }
  // Full jitter: callers that failed together do not return together.
  return Math.floor(random() * Math.min(policy.maxDelay, FIRST_DELAY_MILLISECONDS * 2 ** retries));
}

/**
 * How many milliseconds to wait before asking again for data that is not ready, or `undefined` if the time is up.
 *
 * @param conflicts - how many times the server has responded with 409 before
 * @param remaining - how many milliseconds are left
 */
export function readyDelay(
  conflicts: number,
  remaining: number,
  random: () => number = Math.random,
): number | undefined {
  if (remaining <= 0) return undefined;
  const wait = Math.min(MAX_READY_DELAY_MILLISECONDS, FIRST_READY_DELAY_MILLISECONDS * 2 ** conflicts);
  return Math.min(Math.ceil(remaining), Math.floor(wait * (0.5 + 0.5 * random())));
}
