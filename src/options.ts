import { type HeadersOptions, mergeHeaders } from "openapi-fetch";
import { RolloutConfigError } from "./errors.ts";
import type { FetchFunction } from "./exchange.ts";
import { packageVersion, serverUrl } from "./generated/document.ts";
import type { Logger } from "./log.ts";
import type { RetryPolicy } from "./retry.ts";
import { type Bearer, createBearer, type TokenSource } from "./token.ts";

/** How failures are answered by sending again; `false` switches it off. */
export type RetryOptions =
  | {
      /** How often a request is sent again, at the most. Default: 2. */
      limit?: number | undefined;
      /** The longest wait before sending again, in milliseconds. Default: 60,000. */
      maxDelay?: number | undefined;
    }
  | false;

/** Options of `createRolloutApi`. */
export interface RolloutApiOptions {
  /** The bearer token, or a function that gives one for each request, such as `signer.forUser(userId)`. */
  token: TokenSource;
  /** The credential to act on, for the APIs of a connected account: the `id` that creating it returned. */
  credentialId?: string | undefined;
  /** Where the API is. Default: the first server of the OpenAPI document. `http:` is for loopback addresses only. */
  baseUrl?: string | URL | undefined;
  /** Headers for every request: later ones win, `null` takes one out. `Authorization` comes from `token` alone. */
  headers?: HeadersOptions | undefined;
  /** Milliseconds that one attempt may take, to the last byte of its answer. Default: 120,000. */
  timeout?: number | undefined;
  /**
   * When the server cannot have acted, a request is sent again: `limit` times (default 2), after at most `maxDelay`
   * milliseconds (default 60,000). `false` switches it off.
   */
  retry?: RetryOptions | undefined;
  /** The most bytes that an answer may have, an error 256 KiB at most. Default: 10 MiB (10,485,760). */
  maxAnswerBytes?: number | undefined;
  /** The `fetch` to send with: given a `Request`, and the `signal` that ends it. Default: the platform's. */
  fetch?: FetchFunction | undefined;
  /** Is told of each attempt: failures by `warn`, the rest by `debug`. `console` will do. Default: nobody is told. */
  logger?: Logger | undefined;
}

/** The options of `createRolloutApi`, checked and completed. */
export interface Settings {
  readonly bearer: Bearer;
  readonly baseUrl: string;
  readonly origin: string;
  readonly headers: Headers;
  readonly timeout: number;
  readonly retry: RetryPolicy;
  readonly maxAnswerBytes: number;
  readonly fetch: FetchFunction | undefined;
  readonly logger: Logger | undefined;
}

// A longer delay makes timers fire at once (HTML Standard, section 8.6: a signed 32-bit number of milliseconds).
const LONGEST_TIMER = 2 ** 31 - 1;
const DEFAULT_TIMEOUT = 120_000;
const DEFAULT_RETRY: RetryPolicy = { limit: 2, maxDelay: 60_000 };
const DEFAULT_MAX_ANSWER_BYTES = 10 * 1024 * 1024;

const API_OPTIONS = "token credentialId baseUrl headers timeout retry maxAnswerBytes fetch logger".split(" ");

/** Refuses what is not an object, and options that do not exist: a misspelt one would be ignored in silence. */
export function checkKeys(options: object, known: readonly string[], owner: string): void {
  if (typeof options !== "object" || options === null)
    throw new RolloutConfigError(owner, "takes an object of options");
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) {
      throw new RolloutConfigError(key, `is not an option of ${owner}; there are ${known.join(", ")}`);
    }
  }
}

/** Checks the options of a client once. Throws {@link RolloutConfigError}, naming the option. */
export function checkApiOptions(options: RolloutApiOptions, owner: string, more: readonly string[] = []): Settings {
  checkKeys(options, [...API_OPTIONS, ...more], owner);
  const baseUrl = checkBaseUrl(options.baseUrl ?? serverUrl);
  return {
    bearer: createBearer(options.token),
    baseUrl: baseUrl.href,
    origin: baseUrl.origin,
    headers: defaultHeaders(options),
    timeout: checkTimeout(options.timeout, DEFAULT_TIMEOUT),
    retry: checkRetry(options.retry, DEFAULT_RETRY),
    maxAnswerBytes: checkWhole("maxAnswerBytes", options.maxAnswerBytes ?? DEFAULT_MAX_ANSWER_BYTES, 1),
    fetch: checkFunction("fetch", options.fetch),
    logger: checkLogger(options.logger),
  };
}

function checkBaseUrl(value: unknown): URL {
  const url = URL.canParse(String(value)) ? new URL(String(value)) : undefined;
  // The value stays out of the message: it may hold a password.
  if (url === undefined)
    throw new RolloutConfigError("baseUrl", "must be an absolute URL, such as https://example.com/api");
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
    throw new RolloutConfigError(
      "baseUrl",
      "must be https: a token is sent there (http is for loopback addresses only)",
    );
  }
  if (url.username !== "" || url.password !== "") throw new RolloutConfigError("baseUrl", "must not hold credentials");
  if (/[?#]/.test(url.href)) throw new RolloutConfigError("baseUrl", "must have no query and no fragment");
  return url;
}

function isLoopback(hostname: string): boolean {
  return /^(?:(?:.+\.)?localhost|\[::1\]|127(?:\.\d+){3})$/.test(hostname);
}

function defaultHeaders(options: RolloutApiOptions): Headers {
  const defaults: Record<string, string> = {
    Accept: "application/json",
    "X-Rollout-User-Agent": `rollout-client/${packageVersion}`,
  };
  if (options.credentialId !== undefined) {
    // The same characters as in a token: what would be cut, folded or refused in a header is a mistake.
    if (typeof options.credentialId !== "string" || !/^[\x21-\x7e]+$/.test(options.credentialId)) {
      throw new RolloutConfigError(
        "credentialId",
        "must be the id of a credential: a non-empty string of ASCII characters",
      );
    }
    defaults["X-Rollout-Credential-Id"] = options.credentialId;
  }
  return checkHeaders(defaults, options.headers);
}

/** Merges headers as every call will, and refuses what `fetch` would, without showing any value. */
export function checkHeaders(defaults: HeadersOptions, headers: HeadersOptions | undefined): Headers {
  const problem = "must be an object of names and values that an HTTP header can have";
  // Of a list of pairs mergeHeaders would make headers named 0 and 1, of a string nothing.
  if (typeof (headers ?? {}) !== "object" || Array.isArray(headers)) throw new RolloutConfigError("headers", problem);
  let merged: Headers;
  try {
    merged = mergeHeaders(defaults, headers);
  } catch {
    throw new RolloutConfigError("headers", problem);
  }
  if (merged.has("authorization")) throw new RolloutConfigError("headers", "must not set Authorization: pass `token`");
  return merged;
}

/** Checks the milliseconds that an attempt may take. */
export function checkTimeout(value: number | undefined, fallback: number): number {
  return value === undefined ? fallback : checkMilliseconds("timeout", value, 1);
}

/** Checks retry options, completed by `defaults`. */
export function checkRetry(value: RetryOptions | undefined, defaults: RetryPolicy): RetryPolicy {
  if (value === undefined) return defaults;
  if (value === false) return { ...defaults, limit: 0 };
  checkKeys(value, ["limit", "maxDelay"], "retry");
  return {
    limit: checkWhole("retry.limit", value.limit ?? defaults.limit, 0),
    maxDelay: checkMilliseconds("retry.maxDelay", value.maxDelay ?? defaults.maxDelay, 0),
  };
}

/** Checks the caller's signal. */
export function checkSignal(value: unknown): AbortSignal | undefined {
  if (value === undefined || value === null) return undefined;
  if (isAbortSignal(value)) return value;
  throw new RolloutConfigError("signal", "must be an AbortSignal");
}

// By its shape: a page's test environment brings an AbortSignal of its own.
function isAbortSignal(value: unknown): value is AbortSignal {
  return typeof value === "object" && value !== null && "aborted" in value && "removeEventListener" in value;
}

/** Checks an optional function. */
export function checkFunction<Value>(option: string, value: Value | undefined): Value | undefined {
  if (value !== undefined && typeof value !== "function") throw new RolloutConfigError(option, "must be a function");
  return value;
}

/** Checks a text that must not be empty. */
export function checkText(option: string, value: unknown, more = ""): string {
  if (typeof value === "string" && value !== "") return value;
  throw new RolloutConfigError(option, `must be a non-empty string${more}`);
}

function checkLogger(logger: Logger | undefined): Logger | undefined {
  if (logger === undefined) return undefined;
  if (typeof logger?.debug === "function" && typeof logger.warn === "function") return logger;
  throw new RolloutConfigError("logger", "must have the methods debug and warn, as console has");
}

function checkWhole(option: string, value: unknown, least: number): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return value;
  throw new RolloutConfigError(option, `must be a whole number, at least ${least}`);
}

function checkMilliseconds(option: string, value: unknown, least: number): number {
  if (typeof value === "number" && value >= least && value <= LONGEST_TIMER) return value;
  throw new RolloutConfigError(option, `must be a number of milliseconds from ${least} to ${LONGEST_TIMER}`);
}
