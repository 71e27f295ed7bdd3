import { checkKeys, checkLogger } from "../errors/checks.ts";
import { RolloutConfigError } from "../errors/classes.ts";
import { MAX_TIMER_MILLISECONDS } from "../values/timer.ts";
import { onAbort } from "./deadline.ts";
import { type Logger, writeLine } from "./log.ts";

/**
 * Decides when an attempt may start. Pass your own as the option `rateLimiter`, for example one that counts across
 * processes. Only `acquire` is required.
 */
export interface RateLimiter {
  /**
   * Resolves when the next attempt may start. Called before each attempt, retries included.
   *
   * @param signal - the call's signal: when it aborts, reject with its reason at once
   */
  acquire(signal?: AbortSignal): Promise<void>;
  /**
   * Called when the server refuses an attempt: status 429, or 503 with `Retry-After`. A limiter that has this method
   * lets refused calls wait in `acquire`.
   *
   * @param pauseMilliseconds - how long the server asks to wait, or a second if it does not say; at most `retry.maxDelay`
   */
  refused?(pauseMilliseconds: number): void;
  /** Called after each response with a status below 500 that is not a refusal. */
  succeeded?(): void;
  /** How many times `succeeded` was called. Without it, each refusal counts against `retry.limit`. */
  readonly successes?: number;
}

/** The rate limiter of this package. */
export interface AdaptiveRateLimiter extends Required<RateLimiter> {
  /** The number of waiting attempts, for example for a progress bar. */
  readonly queued: number;
  /** The current rate in requests per second: the maximum, or less after refusals. */
  readonly requestsPerSecond: number;
}

/** Options of {@link createRateLimiter}. */
export interface RateLimiterOptions {
  /** The maximum number of requests per second. @default 50 */
  requestsPerSecond?: number | undefined;
  /** Receives a line by `warn` when calls begin to queue, and when the rate changes. @default no logging */
  logger?: Logger | undefined;
}

const DEFAULT_REQUESTS_PER_SECOND = 50;
// Twenty calls at once at 50 per second.
const BURST_SECONDS = 0.4;
const MIN_SHARE_OF_RATE = 1 / 50;
const SLOWDOWN_FACTOR = 0.7;
// The share of the maximum rate that a second of successes adds.
const RECOVERY_PER_SECOND = 0.05;
const MIN_MILLISECONDS_BETWEEN_SLOWDOWNS = 1_000;
const PAUSE_JITTER = 0.1;

const GRANTED: Promise<void> = Promise.resolve();

/**
 * Creates a rate limiter to share between clients as their option `rateLimiter`. By default, each client has its own.
 *
 * A token bucket sets the rate, with a burst of 0.4 seconds' worth of requests. The rate adapts by AIMD: a refusal pauses
 * all calls for as long as the server asks (a second if it does not say) and multiplies the rate by 0.7; successes
 * raise it again, by 5 % of the maximum per second. So processes that do not know of each other settle on their shares.
 *
 * Sources: D.-M. Chiu, R. Jain, "Analysis of the Increase and Decrease Algorithms for Congestion Avoidance in Computer
 * Networks" (1989), for AIMD; the AWS SDKs' adaptive retry mode, for a token bucket whose rate follows refusals.
 *
 * @throws {@link RolloutConfigError} when an option cannot be used
 * @example
 * ```ts
 * import { createRateLimiter, createRolloutClient } from "rollout-client";
 * import { signer } from "./rollout.js";
 *
 * const rateLimiter = createRateLimiter({ requestsPerSecond: 25 });
 * export const rolloutFor = (userId: string) => createRolloutClient({ token: signer.forUser(userId), rateLimiter });
 * ```
 */
export function createRateLimiter(options: RateLimiterOptions = {}): AdaptiveRateLimiter {
  checkKeys(options, ["requestsPerSecond", "logger"], "createRateLimiter");
  const { requestsPerSecond = DEFAULT_REQUESTS_PER_SECOND } = options;
  if (typeof requestsPerSecond !== "number" || !Number.isFinite(requestsPerSecond) || requestsPerSecond <= 0) {
    throw new RolloutConfigError("requestsPerSecond", "must be a number above 0");
  }
  return new TokenBucket(requestsPerSecond, checkLogger(options.logger));
}

class TokenBucket implements AdaptiveRateLimiter {
  readonly #maxRate: number;
  readonly #logger: Logger | undefined;
  #rate: number;
  #tokens: number;
  // While calls are paused, this is in the future: the bucket begins to refill when the pause ends.
  #refilledAt: number = performance.now();
  #maySlowDownAt = 0;
  #pauseJitter = 1;
  #successes = 0;
  // Starts the waiting calls, in the order in which they arrived.
  readonly #queue = new Set<() => void>();
  #queueIsLogged = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(maxRate: number, logger: Logger | undefined) {
    this.#maxRate = maxRate;
    this.#logger = logger;
    this.#rate = maxRate;
    this.#tokens = capacityOf(maxRate);
  }

  get queued(): number {
    return this.#queue.size;
  }

  get requestsPerSecond(): number {
    return this.#rate;
  }

  get successes(): number {
    return this.#successes;
  }

  acquire(signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    this.#refill();
    if (this.#tokens >= capacityOf(this.#rate)) this.#queueIsLogged = false;
    if (this.#queue.size === 0 && this.#tokens >= 1) {
      this.#tokens -= 1;
      return GRANTED;
    }
    const turn = this.#enqueue(signal);
    if (this.#timer === undefined) this.#setTimer();
    if (!this.#queueIsLogged) this.#log("calls begin to queue at");
    this.#queueIsLogged = true;
    return turn;
  }

  refused(pauseMilliseconds: number): void {
    const now = performance.now();
    this.#refill();
    // If several calls are refused at once, only the first lowers the rate.
    const first = now >= this.#maySlowDownAt;
    if (first) {
      this.#rate = Math.max(this.#maxRate * MIN_SHARE_OF_RATE, this.#rate * SLOWDOWN_FACTOR);
      // Drawn once per pause, so that processes that are refused together do not return together.
      this.#pauseJitter = 1 + PAUSE_JITTER * Math.random();
    }
    this.#tokens = 0;
    this.#refilledAt = Math.max(this.#refilledAt, now + pauseMilliseconds * this.#pauseJitter);
    this.#setTimer();
    if (!first) return;
    this.#maySlowDownAt = Math.max(this.#refilledAt, now + MIN_MILLISECONDS_BETWEEN_SLOWDOWNS);
    this.#log(`refused by the server, paused for ${Math.round(this.#refilledAt - now)} ms, then`);
  }

  succeeded(): void {
    this.#successes += 1;
    if (this.#rate === this.#maxRate) return;
    this.#refill();
    this.#rate = Math.min(this.#maxRate, this.#rate + (RECOVERY_PER_SECOND * this.#maxRate) / this.#rate);
    // A timer set for the lower rate would fire too late.
    if (this.#timer !== undefined) this.#setTimer();
    if (this.#rate === this.#maxRate) this.#log("back at");
  }

  #refill(): void {
    const elapsed = performance.now() - this.#refilledAt;
    if (elapsed <= 0) return;
    this.#refilledAt += elapsed;
    this.#tokens = Math.min(capacityOf(this.#rate), this.#tokens + (elapsed / 1000) * this.#rate);
  }

  #enqueue(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        stopListening();
        this.#queue.delete(start);
      };
      const start = (): void => {
        leave();
        resolve();
      };
      const stopListening = onAbort(signal, (reason) => {
        leave();
        reject(reason);
        if (this.#queue.size === 0) this.#setTimer();
      });
      this.#queue.add(start);
    });
  }

  #startCalls(): void {
    this.#refill();
    for (const start of this.#queue) {
      if (this.#tokens < 1) break;
      this.#tokens -= 1;
      start();
    }
    this.#setTimer();
  }

  // One timer for all waiting calls, and none when no call waits, so that a process can end.
  #setTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#queue.size === 0) return;
    const startsAt = this.#refilledAt + ((1 - this.#tokens) / this.#rate) * 1000;
    const wait = Math.min(MAX_TIMER_MILLISECONDS, Math.max(0, Math.ceil(startsAt - performance.now())));
    this.#timer = setTimeout(() => this.#startCalls(), wait);
  }

  #log(event: string): void {
    if (this.#logger === undefined) return;
    writeLine(this.#logger, "warn", `rate limiter: ${event} ${Number(this.#rate.toFixed(1))} requests per second`);
  }
}

function capacityOf(rate: number): number {
  return Math.max(1, rate * BURST_SECONDS);
}
