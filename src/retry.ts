import { isIdempotent } from "./methods.ts";

/** How failures are answered by sending again. */
export interface RetryPolicy {
  /** How many times a request is sent again, at the most. */
  readonly limit: number;
  /** The longest wait before sending again, in milliseconds. */
  readonly maxDelay: number;
}

/** Why an attempt did not bring what was asked for. */
export type AttemptFailure =
  /** The server answered with this status; `retryAfter` is in seconds. */
  | { readonly kind: "status"; readonly status: number; readonly retryAfter?: number | undefined }
  /** The connection was never made: nothing was sent. */
  | { readonly kind: "unsent" }
  /** The connection broke when the request may have been sent. */
  | { readonly kind: "lost" }
  /** No complete answer came in time; perhaps nothing was sent before. */
  | { readonly kind: "timeout"; readonly sent: boolean }
  /** A success came whose body cannot be read. */
  | { readonly kind: "unreadable" };

const FIRST_DELAY = 500;

const TRANSIENT_STATUSES: readonly number[] = [408, 500, 502, 503, 504];

/** Could the server have acted before it failed like this? */
export function mayHaveActed(failure: AttemptFailure): boolean {
  switch (failure.kind) {
    case "unsent":
      return false;
    case "timeout":
      return failure.sent;
    case "lost":
    case "unreadable":
      return true;
    case "status":
      return failure.status < 400 || failure.status > 499;
  }
}

/** May this request be sent again without the server acting twice? */
function isRepeatable(method: string, failure: AttemptFailure): boolean {
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
 * How many milliseconds to wait before sending again, or `undefined` when the failure is final.
 *
 * @param retries - how often this request has been sent again so far
 * @param random - a number from 0 up to 1, for the jitter
 */
export function retryDelay(
  method: string,
  failure: AttemptFailure,
  retries: number,
  policy: RetryPolicy,
  random: () => number = Math.random,
): number | undefined {
  if (retries >= policy.limit || !isRepeatable(method, failure)) return undefined;
  if (failure.kind === "status" && failure.retryAfter !== undefined) {
    const wait = failure.retryAfter * 1000;
    return wait <= policy.maxDelay ? wait : undefined;
  }
  // Full jitter: callers that failed together do not come back together.
  return Math.floor(random() * Math.min(policy.maxDelay, FIRST_DELAY * 2 ** retries));
}

// The three forms of RFC 9110, section 5.6.7: IMF-fixdate, RFC 850, asctime. Date.parse alone takes far more for a date.
const HTTP_DATE =
  /^(?:[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT|[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4})$/;

/** The seconds that a `Retry-After` header asks to wait (RFC 9110, section 10.2.3); `undefined` for junk. */
export function parseRetryAfter(value: string | null, now: number = Date.now()): number | undefined {
  const text = value?.trim() ?? "";
  if (/^\d+$/.test(text)) return Number(text);
  if (!HTTP_DATE.test(text)) return undefined;
  // The asctime form names no zone, and is in UTC like the others.
  const time = Date.parse(text.endsWith("GMT") ? text : `${text} GMT`);
  return Number.isNaN(time) ? undefined : Math.max(0, Math.ceil((time - now) / 1000));
}
