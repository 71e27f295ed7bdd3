import type { RateLimiter } from "./rate-limiter.ts";

/** What a call remembers of the refusals that it met. */
export interface Refusals {
  /** All of them. */
  readonly total: number;
  /** Those since a call of the same limiter last succeeded: these count against `retry.limit`. */
  readonly withoutProgress: number;
  /** The limiter's count of successes at the latest of them. */
  readonly successesSeen: number | undefined;
}

export const NO_REFUSALS: Refusals = { total: 0, withoutProgress: 0, successesSeen: undefined };

/** The most refusals in a row that a call waits out: its own, or those of its limiter with no success in between. */
const MAX_REFUSALS = 20;
const FIRST_DELAY_MS = 500;
const WAIT_SPREAD = 0.25;

/** Whether the server refused the request because of its limits and did nothing: 429, or 503 with `Retry-After` (RFC 9110, section 15.6.4). */
export function isRefusal(status: number, retryAfter: number | undefined): boolean {
  return status === 429 || (status === 503 && retryAfter !== undefined);
}

/** Adds a refusal that has just arrived. One by a limiter that made progress since the last does not add up. */
export function addRefusal(before: Refusals, limiter: RateLimiter | undefined): Refusals {
  const successes = limiter?.successes;
  const madeProgress = successes !== undefined && before.total > 0 && successes !== before.successesSeen;
  return {
    total: before.total + 1,
    withoutProgress: madeProgress ? 1 : before.withoutProgress + 1,
    successesSeen: successes,
  };
}

/**
 * Whether a refused call may be tried again: after `retry.limit + 1` refusals with no success of the limiter in between it
 * may not, nor after 20 refusals of the call, nor after 20 of the limiter with no success in between.
 *
 * @param retries - how many retries of the call other failures have used up
 */
export function mayRetryRefusal(
  refusals: Refusals,
  limiter: RateLimiter | undefined,
  retries: number,
  limit: number,
): boolean {
  return (
    retries + refusals.withoutProgress <= limit &&
    refusals.total < MAX_REFUSALS &&
    (limiter?.refusalsInARow ?? 0) < MAX_REFUSALS
  );
}

/**
 * How many milliseconds a refused call waits by itself, or `undefined` when the server asks for more than `maxDelay`.
 * A limiter that is given refusals makes all its calls wait, so the call itself goes back to `acquire` at once.
 *
 * @param retryAfter - what the server asks for, in seconds
 * @param random - a number from 0 up to 1, for the jitter
 */
export function refusalDelay(
  retryAfter: number | undefined,
  refusals: Refusals,
  limiter: RateLimiter | undefined,
  maxDelay: number,
  random: () => number = Math.random,
): number | undefined {
  if (retryAfter !== undefined && retryAfter * 1000 > maxDelay) return undefined;
  if (limiter?.refused !== undefined) return 0;
  if (retryAfter !== undefined) return Math.floor(retryAfter * 1000 * (1 + WAIT_SPREAD * random()));
  return Math.floor(random() * Math.min(maxDelay, FIRST_DELAY_MS * 2 ** (refusals.total - 1)));
}
