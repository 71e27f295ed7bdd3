import { checkFunction, checkKeys, checkMilliseconds, checkSignal, checkWholeNumber } from "../errors/checks.ts";
import { RolloutConfigError } from "../errors/classes.ts";
import type { FetchFunction } from "./fetch-function.ts";
import type { RetryPolicy, Settings } from "./settings.ts";

/** When a failed request is retried. `false` turns retries off. */
export type RetryOptions =
  | {
      /** The maximum number of retries. Refusals while other calls succeed and the retry after a 401 do not count. @default 2 */
      limit?: number | undefined;
      /** The longest backoff and the longest `Retry-After` that is obeyed (up to 25 % is added), in milliseconds. @default 60_000 */
      maxDelay?: number | undefined;
    }
  | false;

/** Options of one call. */
export interface CallOptions {
  /** Ends the call at once. The call rejects with the signal's reason. */
  signal?: AbortSignal | null | undefined;
  /** How many milliseconds one attempt may take. @default the client's */
  timeout?: number | undefined;
  /** When a failed request is retried. @default the client's, for each of its values */
  retry?: RetryOptions | undefined;
}

/** Options of one call of `api`. */
export interface ApiCallOptions extends CallOptions {
  /** How many milliseconds the call waits for the data of a new credential. @default the client's */
  waitUntilReady?: number | undefined;
}

/** The options of one call, checked and completed by those of the client. */
export interface CallSettings {
  readonly signal: AbortSignal | undefined;
  readonly timeout: number;
  readonly retry: RetryPolicy;
  readonly waitUntilReady: number;
  readonly fetch: FetchFunction | undefined;
}

/** Checks the options of one call. */
export function checkCallOptions(
  { signal, timeout, retry, waitUntilReady, fetch }: ApiCallOptions & { fetch?: FetchFunction | undefined },
  settings: Settings,
): CallSettings {
  return {
    signal: checkSignal(signal),
    timeout: checkTimeout(timeout, settings.timeout),
    retry: checkRetry(retry, settings.retry),
    waitUntilReady: checkWaitUntilReady(waitUntilReady, settings.waitUntilReady),
    fetch: checkFunction("fetch", fetch) ?? settings.fetch,
  };
}

/** Checks the milliseconds that an attempt may take. */
export function checkTimeout(value: number | undefined, fallback: number): number {
  return value === undefined ? fallback : checkMilliseconds("timeout", value, 1);
}

/** Checks the milliseconds that a call may wait for data. */
export function checkWaitUntilReady(value: number | undefined, fallback: number): number {
  return value === undefined ? fallback : checkMilliseconds("waitUntilReady", value, 0);
}

/** Checks retry options, completed by `defaults`. */
export function checkRetry(value: RetryOptions | undefined, defaults: RetryPolicy): RetryPolicy {
  if (value === undefined) return defaults;
  if (value === false) return { ...defaults, limit: 0 };
  if (typeof value !== "object") {
    throw new RolloutConfigError("retry", "must be false, or an object such as { limit: 2 }");
  }
  checkKeys(value, ["limit", "maxDelay"], "retry");
  return {
    limit: checkWholeNumber("retry.limit", value.limit ?? defaults.limit, 0),
    maxDelay: checkMilliseconds("retry.maxDelay", value.maxDelay ?? defaults.maxDelay, 0),
  };
}

/**
 * Rejects values of path parameters that would change the path: missing and empty ones, `.` and `..`.
 * A URL parser resolves the last two, encoded or not (URL Standard, section 4.4).
 */
export function checkPathParameters(path: string, values: Readonly<Record<string, unknown>> | undefined): void {
  if (!path.includes("{")) return;
  for (const [, expression = ""] of path.matchAll(/\{([^{}]+)\}/g)) {
    // The characters around the name choose a style of serialization: {.name*}, {;name}.
    const name = expression.replace(/^[.;]|\*$/g, "");
    const value = values?.[name];
    if (value === undefined || value === null) {
      throw new RolloutConfigError(`params.path.${name}`, `is missing: the path ${path} needs it`);
    }
    const text = typeof value === "object" ? Object.values(value).join() : String(value);
    if (text === "" || text === "." || text === "..") {
      throw new RolloutConfigError(`params.path.${name}`, `must not be empty, "." or "..": it would change the path`);
    }
  }
}
