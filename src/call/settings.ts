import type { TokenProvider } from "../auth/token.ts";
import type { FetchFunction } from "./fetch-function.ts";
import type { Logger } from "./log.ts";
import type { RateLimiter } from "./rate-limiter.ts";

/** When a failed request is retried. */
export interface RetryPolicy {
  /** The maximum number of retries. */
  readonly limit: number;
  /** The longest backoff, and the longest `Retry-After` that is obeyed, in milliseconds. */
  readonly maxDelay: number;
}

/** The options of a client, checked and completed. */
export interface Settings {
  readonly tokenProvider: TokenProvider;
  readonly baseUrl: string;
  readonly origin: string;
  readonly headers: Headers;
  readonly timeout: number;
  readonly retry: RetryPolicy;
  readonly rateLimiter: RateLimiter | undefined;
  readonly waitUntilReady: number;
  readonly maxResponseBytes: number;
  readonly fetch: FetchFunction | undefined;
  readonly logger: Logger | undefined;
}
