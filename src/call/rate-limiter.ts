import { RolloutConfigError } from "../errors/classes.ts";
import { AdaptiveTokenBucket } from "./adaptive-token-bucket.ts";

/**
 * Decides when an attempt may start. Pass your own as the option `rateLimiter`, for example one that counts across
 * processes; only `acquire` is required.
 *
 * @example
 * ```ts
 * import type { RateLimiter } from "rollout-client";
 *
 * declare function takeFromSharedStore(): Promise<void>;
 *
 * export const rateLimiter: RateLimiter = {
 *   async acquire(signal) {
 *     signal?.throwIfAborted();
 *     await takeFromSharedStore();
 *   },
 * };
 * ```
 */
export interface RateLimiter {
  /**
   * Called before each attempt, retries included: resolves when the attempt may start.
   *
   * @param signal - the call's signal: when it is aborted, reject with its reason at once
   */
  acquire(signal?: AbortSignal): Promise<void>;
  /**
   * Called when the server refuses an attempt: status 429, or 503 with `Retry-After`. A limiter that has this method
   * is trusted to make refused calls wait in `acquire`.
   *
   * @param waitMilliseconds - how long the server asks to wait, at most `retry.maxDelay`; `undefined` when it does not say
   */
  refused?(waitMilliseconds: number | undefined): void;
  /** Called after each response with a status below 500 that is not a refusal. */
  succeeded?(): void;
  /** How often `succeeded` was called. Without it, each refusal counts against `retry.limit`. */
  readonly successes?: number;
  /** Refusals in a row with no success in between; those that arrive in the same pause count as one. */
  readonly refusalsInARow?: number;
}

/** What a rate limiter tells its listeners. */
export type RateLimiterChange =
  /** Calls begin to wait, after a time in which none did. */
  | { readonly kind: "queueing"; readonly requestsPerSecond: number }
  /** The server refused a call: none starts for `pause` milliseconds, then they start at a lower rate. */
  | { readonly kind: "slowed"; readonly pause: number; readonly requestsPerSecond: number }
  /** The rate is at its maximum again. */
  | { readonly kind: "recovered"; readonly requestsPerSecond: number };

/** The rate limiter of this package. Made by {@link createRateLimiter}. */
export interface AdaptiveRateLimiter extends RateLimiter {
  /** How many attempts wait for their turn, for example to draw a progress bar. */
  readonly queued: number;
  /** The current rate in requests per second: the maximum, or less after the server refused calls. */
  readonly requestsPerSecond: number;
  /** Milliseconds until the current pause ends; 0 when there is none. */
  readonly pausedFor: number;
  readonly successes: number;
  readonly refusalsInARow: number;
  refused(waitMilliseconds: number | undefined): void;
  succeeded(): void;
  /** Calls `listener` on each {@link RateLimiterChange}, until the returned function is called. It must not throw. */
  subscribe(listener: (change: RateLimiterChange) => void): () => void;
}

/** Options of {@link createRateLimiter}. */
export interface RateLimiterOptions {
  /**
   * The maximum rate, in requests per second.
   * @default 50
   */
  requestsPerSecond?: number | undefined;
}

const DEFAULT_REQUESTS_PER_SECOND = 50;

/**
 * Makes a rate limiter to share between clients as their option `rateLimiter`. By default each client has its own.
 *
 * A token bucket sets the pace, with a burst of 0.4 seconds' worth of requests. Its rate adapts by AIMD: a refusal pauses
 * all calls for as long as the server asks (a second when it does not say) and multiplies the rate by 0.7; successes
 * raise it again, by 5 % of the maximum per second. So several processes that do not know of each other settle on their shares.
 *
 * Sources: D.-M. Chiu, R. Jain, "Analysis of the Increase and Decrease Algorithms for Congestion Avoidance in Computer
 * Networks" (1989), for AIMD; the AWS SDKs' adaptive retry mode, for a token bucket whose rate follows refusals.
 *
 * @throws {@link RolloutConfigError} when an option is not valid
 *
 * @example
 * ```ts
 * import { createRateLimiter, createRolloutClient } from "rollout-client";
 * import { signer } from "./rollout.ts";
 *
 * const rateLimiter = createRateLimiter({ requestsPerSecond: 25 });
 * const clientFor = (userId: string) => createRolloutClient({ token: signer.forUser(userId), rateLimiter });
 * ```
 */
export function createRateLimiter(options: RateLimiterOptions = {}): AdaptiveRateLimiter {
  if (typeof options !== "object" || options === null) {
    throw new RolloutConfigError("createRateLimiter", "takes an object of options");
  }
  const unknown = Object.keys(options).find((key) => key !== "requestsPerSecond");
  if (unknown !== undefined) {
    throw new RolloutConfigError(unknown, "is not an option of createRateLimiter; there is requestsPerSecond");
  }
  const { requestsPerSecond = DEFAULT_REQUESTS_PER_SECOND } = options;
  if (typeof requestsPerSecond !== "number" || !Number.isFinite(requestsPerSecond) || requestsPerSecond <= 0) {
    throw new RolloutConfigError("requestsPerSecond", "must be a number above 0");
  }
  return new AdaptiveTokenBucket(requestsPerSecond);
}
