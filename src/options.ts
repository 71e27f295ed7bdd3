import { type HeadersOptions, mergeHeaders } from "openapi-fetch";
import { createTokenProvider, type TokenProvider, type TokenSource } from "./auth/token.ts";
import type { FetchFunction } from "./call/attempt.ts";
import type { CallInit } from "./call/call.ts";
import type { Logger, OnCall } from "./call/log.ts";
import { createRateLimiter, type RateLimiter } from "./call/rate-limiter.ts";
import { checkOption, checkOptions } from "./checks.ts";
import type { WebSocketConstructor } from "./credentials/otp.ts";
import { invalidConfig } from "./errors/errors.ts";
import { packageVersion } from "./generated/document.ts";

/** When a failed request is retried. `false` turns retries off. */
export type RetryOptions =
  | {
      /**
       * The maximum number of retries. A refusal while other calls succeed does not count, nor does the one retry after a 401.
       * @default 2
       */
      limit?: number | undefined;
      /** The longest backoff and `Retry-After` that is obeyed, to which up to 25 % is added, in milliseconds. @default 60_000 */
      maxDelay?: number | undefined;
    }
  | false;

/** Options of one call. */
export interface CallOptions {
  /** Ends the call at once. The call rejects with the signal's reason. */
  signal?: AbortSignal | null | undefined;
  /** How many milliseconds one attempt may take. @default the client's */
  timeout?: number | undefined;
  /** When a failed request is retried. @default the client's, for each value */
  retry?: RetryOptions | undefined;
}

/** Options of one call of `api`. */
export interface ApiCallOptions extends CallOptions {
  /** How many milliseconds the call waits for the data of a new credential. @default the client's */
  waitUntilReady?: number | undefined;
}

/** Options of one call of an operation. */
export interface OperationOptions extends CallOptions {
  /** Headers for this call, merged over those of the client. */
  headers?: HeadersOptions | undefined;
}

/** Options of every client. */
export interface SharedOptions {
  /** The bearer token, or a function that returns one for each request, such as `signer.forUser(userId)`. */
  token: TokenSource;
  /** The credential to act on, for the APIs of a connected account: the `id` that creating it returned. */
  credentialId?: string | undefined;
  /** Whether `baseUrl` may be `http:` on any host. The token and what users entered then travel unencrypted. @default false */
  dangerouslyAllowHttp?: boolean | undefined;
  /** Headers for every request: later ones win, `null` removes one. `Authorization` comes from `token` alone. */
  headers?: HeadersOptions | undefined;
  /** How many milliseconds one attempt may take, to the last byte of its response. @default 120_000 */
  timeout?: number | undefined;
  /** When a failed request is retried. `false` turns retries off. @default { limit: 2, maxDelay: 60_000 } */
  retry?: RetryOptions | undefined;
  /**
   * The rate limiter: one from {@link createRateLimiter}, to share between clients, or your own. `false` turns it off.
   * @default one with 50 requests per second for each client
   */
  rateLimiter?: RateLimiter | false | undefined;
  /**
   * How many milliseconds a call of `api` waits for the data of a new credential: as long as the server responds with 409, the
   * call is repeated. `credentials` never waits. @default 0
   */
  waitUntilReady?: number | undefined;
  /** The maximum size of a response in bytes, decoded. Error responses have at most 256 KiB. @default 10_485_760 (10 MiB) */
  maxResponseBytes?: number | undefined;
  /**
   * The `fetch` to use, called as `fetch(url, init)`. It must throw only when this request fails: an error of another connection
   * counts as one to the API, and the request may be sent again. @default the platform's
   */
  fetch?: FetchFunction | undefined;
  /** The `WebSocket` for one-time passwords. Node has one from version 22 on. @default the platform's */
  webSocket?: WebSocketConstructor | undefined;
  /** Where log lines go, such as `console`: a success through `debug`, any other attempt through `warn`. @default no logging */
  logger?: Logger | undefined;
  /** Called once when a call has ended, with what is known about it, for metrics and traces. @default nothing is called */
  onCall?: OnCall | undefined;
}

/** Options of `createRolloutApi`. */
export interface RolloutApiOptions extends SharedOptions {
  /** The URL of the API. `http:` is for loopback addresses only, unless `dangerouslyAllowHttp` is set. */
  baseUrl: string | URL;
}

/** When a failed request is retried, with every value. */
export type RetryPolicy = Readonly<Record<"limit" | "maxDelay", number>>;

/** The options of a client, checked and completed, which a call may override. */
export interface Settings extends Pick<SharedOptions, "credentialId" | "fetch" | "logger" | "onCall"> {
  readonly tokens: TokenProvider;
  readonly baseUrl: string;
  readonly origin: string;
  readonly headers: HeaderValues;
  readonly signal: AbortSignal | undefined;
  readonly timeout: number;
  readonly retry: RetryPolicy;
  readonly rateLimiter: RateLimiter | undefined;
  /** `false` for operations for which Rollout does not document a 409. */
  readonly waitUntilReady: number | false;
  readonly maxResponseBytes: number;
}

/** The `Accept` of a call whose response is parsed as JSON. */
export const DEFAULT_ACCEPT = "application/json";
const DEFAULT_RETRY: RetryPolicy = { limit: 2, maxDelay: 60_000 };
const DEFAULT_TIMEOUT_MILLISECONDS = 120_000;
const DEFAULT_MAX_RESPONSE_BYTES = 10 * 1024 * 1024;

const API_OPTIONS =
  "token credentialId baseUrl dangerouslyAllowHttp headers timeout retry rateLimiter waitUntilReady maxResponseBytes fetch webSocket logger onCall";

/**
 * Checks the options of a client once. Throws {@link RolloutConfigError}, naming the option.
 *
 * @param defaultBaseUrl - the base URL if the options have none. Without it, they must have one
 */
export function clientSettings(
  given: SharedOptions & { baseUrl?: string | URL | undefined },
  functionName: string,
  defaultBaseUrl?: string,
): Settings {
  const options = checkOptions(given, API_OPTIONS, functionName);
  const { rateLimiter, logger, credentialId, fetch, onCall } = options;
  const { href, origin } = checkBaseUrl(options.baseUrl ?? defaultBaseUrl, options.dangerouslyAllowHttp);
  return {
    credentialId,
    fetch,
    logger,
    onCall,
    origin,
    baseUrl: href,
    signal: undefined,
    tokens: createTokenProvider(options.token),
    headers: {
      accept: DEFAULT_ACCEPT,
      "x-rollout-user-agent": `rollout-client/${packageVersion}`,
      ...(credentialId !== undefined && { "x-rollout-credential-id": credentialId }),
      ...checkHeaders(options.headers),
    },
    timeout: options.timeout ?? DEFAULT_TIMEOUT_MILLISECONDS,
    retry: retryPolicy(options.retry, DEFAULT_RETRY),
    rateLimiter: rateLimiter === false ? undefined : (rateLimiter ?? createRateLimiter({ logger })),
    waitUntilReady: options.waitUntilReady ?? 0,
    maxResponseBytes: options.maxResponseBytes ?? DEFAULT_MAX_RESPONSE_BYTES,
  };
}

/** The options that a call may override. `waitUntilReady` is `false` in calls of operations. */
export interface CallOverrides extends CallOptions {
  waitUntilReady?: number | false | undefined;
  fetch?: FetchFunction | undefined;
}

const OVERRIDES = ["signal", "timeout", "retry", "waitUntilReady", "fetch"] as const;

/** The settings of one call: its own options, over those of the client. */
export function callSettings(settings: Settings, init: CallOverrides): Settings {
  let own = settings;
  for (const name of OVERRIDES) {
    const value = Object.hasOwn(init, name) ? init[name] : undefined;
    if (value === undefined) continue;
    if (name !== "waitUntilReady" || value !== false) checkOption(name, value);
    // Inheriting is much faster than a copy.
    if (own === settings) own = Object.create(settings);
    Object.assign(own, { [name]: name === "retry" ? retryPolicy(init.retry, settings.retry) : (value ?? undefined) });
  }
  return own;
}

/** The init of an operation's call. Rollout does not document a 409 for these operations. */
export function operationInit({ signal, timeout, retry, headers }: OperationOptions): CallInit {
  return { signal, timeout, retry, waitUntilReady: false, headers };
}

function retryPolicy(retry: RetryOptions | undefined, defaults: RetryPolicy): RetryPolicy {
  const given = retry === false ? { limit: 0 } : checkOptions(retry ?? {}, "limit maxDelay", "retry");
  return { limit: given.limit ?? defaults.limit, maxDelay: given.maxDelay ?? defaults.maxDelay };
}

function checkBaseUrl(value: string | URL | undefined, allowHttp: boolean | undefined): URL {
  const text = String(value);
  // No value is quoted: it may hold a password. A URL parser takes "localhost:" for a scheme.
  if (!URL.canParse(text) || !/^https?:/i.test(text))
    throw invalidConfig("baseUrl", "must be an absolute URL, such as https://crm.universal.rollout.com/api");
  const url = new URL(text);
  const isLoopback = /^(?:(?:.+\.)?localhost|\[::1\]|127(?:\.\d+){3})$/.test(url.hostname);
  if (url.protocol === "http:" && !isLoopback && allowHttp !== true)
    throw invalidConfig(
      "baseUrl",
      "must be https, because the token is sent there. In a network that you trust, set dangerouslyAllowHttp",
    );
  if (url.username !== "" || url.password !== "" || /[?#]/.test(url.href))
    throw invalidConfig("baseUrl", "must have no user name, no password, no query and no fragment");
  return url;
}

/** Headers by name, in lower case. `null` removes one. */
export type HeaderValues = Record<string, string | null>;

/** As {@link readHeaders}, but rejects `Authorization` too. */
export function checkHeaders(headers: HeadersOptions | undefined): HeaderValues {
  const checked = readHeaders(headers);
  const { authorization = null } = checked;
  if (authorization !== null) throw invalidConfig("headers", "must not set Authorization: use `token`");
  return checked;
}

/** Checks headers, and rejects what `fetch` would. An array becomes one value, so that it too replaces the client's header. */
export function readHeaders(headers: HeadersOptions | undefined): HeaderValues {
  const checked: HeaderValues = Object.create(null);
  if (headers === undefined) return checked;
  try {
    // mergeHeaders would turn a list of pairs into headers named 0 and 1, and a string into none.
    if (typeof headers !== "object" || Array.isArray(headers)) throw new TypeError();
    // Headers of other classes, such as node-fetch's, have no members of their own.
    for (const [name, value] of Symbol.iterator in headers ? headers : Object.entries(headers)) {
      if (value !== undefined) checked[name.toLowerCase()] = value === null ? null : [value].flat().join(", ");
    }
    mergeHeaders(checked);
  } catch {
    throw invalidConfig("headers", "must be an object of names and values that an HTTP header can have");
  }
  return checked;
}
