import type { RolloutErrorCode } from "../errors/errors.ts";
import { memberOf } from "../values.ts";

/** Where log lines go: `console`, or any logger with these two methods. */
export interface Logger {
  /** Receives the line of an attempt that succeeded. */
  debug(line: string): void;
  /** Receives the line of every other attempt, even if it is retried. */
  warn(line: string): void;
}

/** Receives the record of each call. What it throws changes nothing. */
export type OnCall = (record: CallRecord) => void;

/** What is known about a call that has ended. It holds no secret and no value of a parameter. */
export interface CallRecord {
  /** The HTTP method, in capitals. */
  readonly method: string;
  /** The path as the OpenAPI document writes it, without parameter values. */
  readonly path: string;
  /** The origin of the API, such as `https://universal.rollout.com`. */
  readonly origin: string;
  /** The status of the last response. Absent if there was none. */
  readonly status?: number;
  /**
   * Why the call failed: the `code` of its error, `"aborted"` by its signal, or `"caller_error"` for an error that a function of
   * yours threw. Absent if the HTTP call succeeded, whatever its operation makes of the response.
   */
  readonly code?: RolloutErrorCode | "aborted" | "caller_error";
  /** How many times the request was sent, or the client tried to send it. */
  readonly attempts: number;
  /** When the call began. */
  readonly startedAt: Date;
  /** How many milliseconds the call took, all waiting included. */
  readonly duration: number;
  /** How many of these milliseconds it waited for the rate limiter. */
  readonly queued: number;
  /** The id that the server gave the last request, if a header of its response has one. */
  readonly requestId?: string;
  /** The option `credentialId` of the client. */
  readonly credentialId?: string;
  /** For a call that failed: whether the request may have taken effect. */
  readonly mayHaveSucceeded?: boolean;
}

/** Calls a function of the caller's whose failure must not change a call. Returns what it returns. */
export function notify<Result>(hook: () => Result): Result | undefined {
  try {
    const result = hook();
    // The rejection of an asynchronous function must not end the process.
    if (typeof memberOf(result, "then") === "function") Promise.resolve(result).catch(() => {});
    return result;
  } catch {
    return undefined;
  }
}
