import type { RetryPolicy } from "../options.ts";
import { MAX_TIMER_MILLISECONDS, parseHttpDate } from "../values.ts";

const FIRST_DELAY_MILLISECONDS = 500;
// A Retry-After is never cut short; up to this share of it is added.
const RETRY_AFTER_JITTER = 0.25;
const FIRST_READY_DELAY_MILLISECONDS = 1_000;
const MAX_READY_DELAY_MILLISECONDS = 10_000;

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
  readonly thrownByFetchOption?: boolean;
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
export function outcomeMayHaveSucceeded(
  method: string,
  { kind, status = 0, sent, thrownByFetchOption }: Outcome,
): boolean {
  if (kind === "status") return status < 400 || status > 499 || (!isSafe(method) && UNCLEAR_STATUSES.includes(status));
  if (kind === "timeout") return sent === true;
  return kind === "unsendable" ? thrownByFetchOption === true : kind !== "unsent";
}

/**
 * Whether the server, by its status, refused the request because of its limits, and did nothing: 429, or 503 with `Retry-After`
 * (RFC 6585, section 4; RFC 9110, section 15.6.4).
 */
export function isThrottled({ status, retryAfter }: Outcome): boolean {
  return status === 429 || (status === 503 && retryAfter !== undefined);
}

/** How many milliseconds to wait before the next attempt. `undefined` if no retry is left, or the server might act twice. */
export function retryDelay(
  method: string,
  outcome: Outcome,
  retries: number,
  { limit, maxDelay }: RetryPolicy,
): number | undefined {
  const { kind, status = 0, retryAfter } = outcome;
  const didNothing =
    (kind === "unsent" && status !== PROXY_AUTHENTICATION_REQUIRED) || (kind === "status" && isThrottled(outcome));
  const isTransient =
    kind === "lost" || kind === "timeout" || (kind === "status" && TRANSIENT_STATUSES.includes(status));
  if (retries >= limit || !(didNothing || (isTransient && isIdempotent(method)))) return undefined;
  // Full jitter: callers that failed together do not return together.
  if (retryAfter === undefined)
    return Math.floor(Math.random() * Math.min(maxDelay, FIRST_DELAY_MILLISECONDS * 2 ** retries));
  const wait = retryAfter * 1000;
  if (wait > maxDelay) return undefined;
  return Math.min(MAX_TIMER_MILLISECONDS, Math.floor(wait * (1 + RETRY_AFTER_JITTER * Math.random())));
}

/**
 * How many milliseconds to wait before asking again for data that is not ready, or `undefined` if no time remains. `conflicts` is
 * how many times the server has responded with 409 before.
 */
export function readyDelay(conflicts: number, remaining: number, retryAfter?: number): number | undefined {
  if (remaining <= 0) return undefined;
  if (retryAfter !== undefined) return retryAfter * 1000 <= remaining ? retryAfter * 1000 : undefined;
  const wait = Math.min(MAX_READY_DELAY_MILLISECONDS, FIRST_READY_DELAY_MILLISECONDS * 2 ** conflicts);
  return Math.min(Math.ceil(remaining), Math.floor(wait * (0.5 + 0.5 * Math.random())));
}

/**
 * The seconds that the `Retry-After` of a response asks to wait (RFC 9110, section 10.2.3), or `undefined` if it is malformed.
 * A date is compared with the response's `Date`, if it has one.
 */
export function retryAfterOf(headers: Headers): number | undefined {
  const text = headers.get("retry-after")?.trim();
  if (text === undefined) return undefined;
  // More digits would become Infinity, which JSON cannot hold.
  if (/^\d+$/.test(text)) return Math.min(Number.MAX_SAFE_INTEGER, Number(text));
  const sent = parseHttpDate(headers.get("date"));
  const milliseconds = parseHttpDate(text) - (Number.isNaN(sent) ? Date.now() : sent);
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, Math.ceil(milliseconds / 1000));
}
