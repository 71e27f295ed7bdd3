import type { HeadersOptions } from "openapi-fetch";
import { createBearer, type TokenSource } from "./auth/token.ts";
import { checkRetry, checkTimeout, checkWaitUntilReady, type RetryOptions } from "./call/call-options.ts";
import type { FetchFunction } from "./call/fetch-function.ts";
import { checkHeaders } from "./call/headers.ts";
import type { Logger } from "./call/log.ts";
import { createRateLimiter, type RateLimiter } from "./call/rate-limiter.ts";
import type { RetryPolicy, Settings } from "./call/settings.ts";
import type { WebSocketConstructor } from "./credentials/otp-socket.ts";
import { checkFunction, checkKeys, checkLogger, checkWholeNumber } from "./errors/checks.ts";
import { RolloutConfigError } from "./errors/classes.ts";
import { packageVersion } from "./generated/document.ts";

/** Options of every client. */
export interface SharedOptions {
  /** The bearer token, or a function that returns one for each request, such as `signer.forUser(userId)`. */
  token: TokenSource;
  /** The credential to act on, for the APIs of a connected account: the `id` that creating it returned. */
  credentialId?: string | undefined;
  /**
   * Whether `baseUrl` may be `http:` on hosts other than loopback addresses, such as those of docker-compose. The token
   * and what your users entered then travel unencrypted.
   *
   * @default false
   */
  dangerouslyAllowHttp?: boolean | undefined;
  /** Headers for every request: later ones win, `null` removes one. `Authorization` comes from `token` alone. */
  headers?: HeadersOptions | undefined;
  /** How many milliseconds one attempt may take, to the last byte of its response. @default 120_000 */
  timeout?: number | undefined;
  /** When a failed request is retried. `false` turns retries off. @default { limit: 2, maxDelay: 60_000 } */
  retry?: RetryOptions | undefined;
  /**
   * Keeps the client within the API's limit. To share one between clients, pass one from {@link createRateLimiter}.
   * Your own works too, and `false` turns it off. @default one with 50 requests per second for each client
   */
  rateLimiter?: RateLimiter | false | undefined;
  /**
   * How many milliseconds a call of `api` waits for the data of a new credential: as long as the server responds with 409,
   * the call is repeated, with growing waits. `credentials` never waits. @default 0
   */
  waitUntilReady?: number | undefined;
  /** The maximum size of a response in bytes, decoded. Error responses have at most 256 KiB. @default 10_485_760 (10 MiB) */
  maxResponseBytes?: number | undefined;
  /** The `fetch` to use, called as `fetch(url, init)`. @default the platform's */
  fetch?: FetchFunction | undefined;
  /** The `WebSocket` for one-time passwords; `createRolloutApi` does not use it. @default the platform's, which Node has from version 22 on */
  webSocket?: WebSocketConstructor | undefined;
  /** Where log lines go, for example `console`: a success through `debug`, any other attempt through `warn`. @default no logging */
  logger?: Logger | undefined;
}

/** Options of `createRolloutApi`. */
export interface RolloutApiOptions extends SharedOptions {
  /** The URL of the API. `http:` is for loopback addresses only, unless `dangerouslyAllowHttp` is set. */
  baseUrl: string | URL;
}

const DEFAULT_TIMEOUT_MILLISECONDS = 120_000;
const DEFAULT_RETRY: RetryPolicy = { limit: 2, maxDelay: 60_000 };
const DEFAULT_MAX_RESPONSE_BYTES = 10 * 1024 * 1024;

const API_OPTIONS =
  "token credentialId baseUrl dangerouslyAllowHttp headers timeout retry rateLimiter waitUntilReady maxResponseBytes fetch webSocket logger".split(
    " ",
  );

/**
 * Checks the options of a client once. Throws {@link RolloutConfigError}, naming the option.
 *
 * @param defaultBaseUrl - the base URL if the options have none. Without it, they must have one
 */
export function checkApiOptions(
  options: SharedOptions & { baseUrl?: string | URL | undefined },
  owner: string,
  defaultBaseUrl?: string,
): Settings {
  checkKeys(options, API_OPTIONS, owner);
  checkFunction("webSocket", options.webSocket);
  const baseUrl = checkBaseUrl(options.baseUrl ?? defaultBaseUrl, options.dangerouslyAllowHttp);
  return {
    bearer: createBearer(options.token),
    baseUrl: baseUrl.href,
    origin: baseUrl.origin,
    headers: defaultHeaders(options),
    timeout: checkTimeout(options.timeout, DEFAULT_TIMEOUT_MILLISECONDS),
    retry: checkRetry(options.retry, DEFAULT_RETRY),
    rateLimiter: checkRateLimiter(options),
    waitUntilReady: checkWaitUntilReady(options.waitUntilReady, 0),
    maxResponseBytes: checkWholeNumber("maxResponseBytes", options.maxResponseBytes ?? DEFAULT_MAX_RESPONSE_BYTES, 1),
    fetch: checkFunction("fetch", options.fetch),
    logger: checkLogger(options.logger),
  };
}

function checkBaseUrl(value: string | URL | undefined, allowHttp: boolean | undefined): URL {
  const text = String(value);
  // The value stays out of the message: it may hold a password. A URL parser takes "localhost:" for a scheme.
  if (!/^https?:/i.test(text) || !URL.canParse(text)) {
    throw new RolloutConfigError("baseUrl", "must be an absolute URL with https:// or http://");
  }
  const url = new URL(text);
  if (url.protocol === "http:" && !isLoopback(url.hostname) && allowHttp !== true) {
    throw new RolloutConfigError(
      "baseUrl",
      "must be https: a token is sent there (else set dangerouslyAllowHttp: true)",
    );
  }
  if (url.username !== "" || url.password !== "") throw new RolloutConfigError("baseUrl", "must not hold credentials");
  if (/[?#]/.test(url.href)) throw new RolloutConfigError("baseUrl", "must have no query and no fragment");
  return url;
}

function isLoopback(hostname: string): boolean {
  return /^(?:(?:.+\.)?localhost|\[::1\]|127(?:\.\d+){3})$/.test(hostname);
}

function defaultHeaders({ credentialId, headers }: SharedOptions): Headers {
  const defaults: Record<string, string> = {
    Accept: "application/json",
    "X-Rollout-User-Agent": `rollout-client/${packageVersion}`,
  };
  if (credentialId !== undefined) {
    if (typeof credentialId !== "string" || !/^[\x21-\x7e]+$/.test(credentialId)) {
      throw new RolloutConfigError("credentialId", "must be the id of a credential: ASCII characters without spaces");
    }
    defaults["X-Rollout-Credential-Id"] = credentialId;
  }
  return checkHeaders(defaults, headers);
}

function checkRateLimiter({ rateLimiter, logger }: SharedOptions): RateLimiter | undefined {
  if (rateLimiter === undefined) return createRateLimiter({ logger });
  if (rateLimiter === false) return undefined;
  if (typeof rateLimiter?.acquire === "function") return rateLimiter;
  throw new RolloutConfigError("rateLimiter", "must have the method acquire, or be false");
}
