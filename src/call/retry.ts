import type { RetryPolicy, Settings } from "../options.ts";
import { MAX_TIMER_MILLISECONDS, parseHttpDate } from "../values.ts";
import { notify } from "./log.ts";

const FIRST_DELAY_MILLISECONDS = 500;
// A Retry-After is never cut short; up to this share of it is added.
const RETRY_AFTER_JITTER = 0.25;
const FIRST_READY_DELAY_MILLISECONDS = 1_000;
const MAX_READY_DELAY_MILLISECONDS = 10_000;
// The maximum number of throttled attempts of one call, even if the rate limiter makes progress.
const MAX_THROTTLED_ATTEMPTS = 20;

// 520 to 524 and 529 are those of gateways.
const TRANSIENT_STATUSES: readonly number[] = [408, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529];
// The time was up (408), or the client seemed to be gone (499): the server may have acted.
const UNCLEAR_STATUSES: readonly number[] = [408, 499];
const PROXY_AUTHENTICATION_REQUIRED = 407;

/** How an attempt ended, as far as the next one depends on it. */
export interface Outcome {
  /**
   * - `"success"`, `"redirect"`
   * - `"status"`: the server responded with a status that is neither
   * - `"unsent"`: the connection was never made, so nothing was sent. A `status` is that of a proxy
   * - `"unsendable"`: `fetch` refuses the request, whatever the network does
   * - `"lost"`: the connection broke after the request may have been sent
   * - `"timeout"`: no complete response arrived in time; if not `sent`, there was no token in time
   * - `"unreadable"`: the response cannot be used
   */
  readonly kind: "success" | "redirect" | "status" | "unsent" | "unsendable" | "lost" | "timeout" | "unreadable";
  readonly status?: number | undefined;
  /** The seconds that the server asks to wait. */
  readonly retryAfter?: number | undefined;
  /** Whether `fetch` was called. */
  readonly sent?: boolean;
  /** Whether the caller's own `fetch` threw something that does not look like a network error. */
  readonly byFetchOption?: boolean;
}

/** Whether a method asks for no change (RFC 9110, section 9.2.1). */
export function isSafe(method: string): boolean {
  return method === "GET" || method === "HEAD" || method === "OPTIONS";
}

/** Whether a method has the same effect when it is sent twice (RFC 9110, section 9.2.2). POST and PATCH do not. */
export function isIdempotent(method: string): boolean {
  return isSafe(method) || method === "PUT" || method === "DELETE";
}

/** Whether the server may have acted on a request that ended like this. */
export function outcomeMayHaveSucceeded(method: string, { kind, status = 0, sent, byFetchOption }: Outcome): boolean {
  switch (kind) {
    case "unsent":
      return false;
    case "unsendable":
      return byFetchOption === true;
    case "timeout":
      return sent === true;
    case "status":
      return status < 400 || status > 499 || (!isSafe(method) && UNCLEAR_STATUSES.includes(status));
    default:
      return true;
  }
}

/**
 * Whether the server refused the request because of its limits, and did nothing: 429, or 503 with `Retry-After`
 * (RFC 6585, section 4; RFC 9110, section 15.6.4).
 */
export function isThrottled({ kind, status, retryAfter }: Outcome): boolean {
  return kind === "status" && (status === 429 || (status === 503 && retryAfter !== undefined));
}

/** Whether this request can be retried without the server acting twice. */
function isRetryable(method: string, outcome: Outcome): boolean {
  switch (outcome.kind) {
    case "unsent":
      return outcome.status !== PROXY_AUTHENTICATION_REQUIRED;
    case "lost":
    case "timeout":
      return isIdempotent(method);
    case "status":
      return isThrottled(outcome) || (isIdempotent(method) && TRANSIENT_STATUSES.includes(outcome.status ?? 0));
    default:
      return false;
  }
}

/**
 * How many milliseconds to wait before the next attempt, or `undefined` if the outcome is final.
 *
 * @param retries - how many retries this request has used up so far
 * @param random - returns a number from 0 up to 1, for the jitter
 */
export function retryDelay(
  method: string,
  outcome: Outcome,
  retries: number,
  { limit, maxDelay }: RetryPolicy,
  random: () => number = Math.random,
): number | undefined {
  if (retries >= limit || !isRetryable(method, outcome)) return undefined;
  if (outcome.retryAfter !== undefined) {
    const wait = outcome.retryAfter * 1000;
    if (wait > maxDelay) return undefined;
    return Math.min(MAX_TIMER_MILLISECONDS, Math.floor(wait * (1 + RETRY_AFTER_JITTER * random())));
  }
  // Full jitter: callers that failed together do not return together.
  return Math.floor(random() * Math.min(maxDelay, FIRST_DELAY_MILLISECONDS * 2 ** retries));
}

/**
 * How many milliseconds to wait before asking again for data that is not ready, or `undefined` if the time is up.
 *
 * @param conflicts - how many times the server has responded with 409 before
 * @param remaining - how many milliseconds are left
 * @param retryAfter - the seconds that the server asks to wait
 */
export function readyDelay(
  conflicts: number,
  remaining: number,
  retryAfter?: number,
  random: () => number = Math.random,
): number | undefined {
  if (remaining <= 0) return undefined;
  if (retryAfter !== undefined) return retryAfter * 1000 <= remaining ? retryAfter * 1000 : undefined;
  const wait = Math.min(MAX_READY_DELAY_MILLISECONDS, FIRST_READY_DELAY_MILLISECONDS * 2 ** conflicts);
  return Math.min(Math.ceil(remaining), Math.floor(wait * (0.5 + 0.5 * random())));
}

/** Another attempt follows. */
export interface Retry {
  /** After how many milliseconds. */
  readonly wait: number;
  /** Whether it needs a new token. */
  readonly refresh: boolean;
}

/**
 * Creates the function that decides, after each attempt of one call, whether another follows. It keeps count of the call's
 * retries and throttled attempts, its one new token, and its time to wait for data.
 */
export function createRetryBudget(
  method: string,
  { retry, waitUntilReady, tokens, rateLimiter }: Settings,
): (outcome: Outcome) => Retry | undefined {
  // Set by the first 409: time in the rate limiter's queue does not count as waiting for data.
  let readyBy: number | undefined;
  let retries = 0;
  let throttled = 0;
  let conflicts = 0;
  let refreshed = false;
  let successes = notify(() => rateLimiter?.successes);

  return (outcome) => {
    const { kind, status, retryAfter } = outcome;
    if (kind === "status" && status === 401) {
      if (refreshed || !tokens.refreshable) return undefined;
      refreshed = true;
      return { wait: 0, refresh: true };
    }
    if (kind === "status" && status === 409 && waitUntilReady !== false && waitUntilReady > 0) {
      readyBy ??= performance.now() + waitUntilReady;
      const wait = readyDelay(conflicts, readyBy - performance.now(), retryAfter);
      conflicts += 1;
      return wait === undefined ? undefined : { wait, refresh: false };
    }
    const wait = retryDelay(method, outcome, retries, retry);
    if (wait === undefined) return undefined;
    if (!isThrottled(outcome)) {
      retries += 1;
      return { wait, refresh: false };
    }
    throttled += 1;
    if (throttled > MAX_THROTTLED_ATTEMPTS) return undefined;
    // A throttled attempt counts as a retry, unless the rate limiter has seen successes since the last one.
    const before = successes;
    successes = notify(() => rateLimiter?.successes);
    if (successes === before) retries += 1;
    return { wait, refresh: false };
  };
}

// A number of digits beyond this would become Infinity, which JSON cannot hold.
const MAX_RETRY_AFTER_SECONDS = Number.MAX_SAFE_INTEGER;

/**
 * The seconds that the `Retry-After` of a response asks to wait (RFC 9110, section 10.2.3), or `undefined` if it is malformed.
 * A date is compared with the response's `Date`, if it has one.
 */
export function retryAfterOf(headers: Headers): number | undefined {
  const text = headers.get("retry-after")?.trim();
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Math.min(MAX_RETRY_AFTER_SECONDS, Number(text));
  const sent = parseHttpDate(headers.get("date"));
  const milliseconds = parseHttpDate(text) - (Number.isNaN(sent) ? Date.now() : sent);
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, Math.ceil(milliseconds / 1000));
}
