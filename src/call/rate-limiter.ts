import { checkOptions } from "../checks.ts";
import { MAX_TIMER_MILLISECONDS } from "../values.ts";
import { abortReason, onAbort } from "./deadline.ts";
import { type Logger, notify } from "./log.ts";

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
  /** The number of waiting attempts, those of `background` included, for example for a progress bar. */
  readonly queued: number;
  /** The current rate in requests per second: the maximum, or less after refusals. */
  readonly requestsPerSecond: number;
  /** A rate limiter over the same limit for bulk work: its attempts start only when no other attempt waits. */
  readonly background: Required<RateLimiter> & {
    /** The number of its own waiting attempts. */
    readonly queued: number;
  };
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
const MAX_SPEEDUP_IN_A_SECOND = 4;
const MAX_MILLISECONDS_BETWEEN_LOOKS = 1_000;
const MAX_CLOCK_DIFFERENCE_MILLISECONDS = 1_000;

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
  const { requestsPerSecond, logger } = checkOptions(options, "requestsPerSecond logger", "createRateLimiter");
  return new TokenBucket(requestsPerSecond ?? DEFAULT_REQUESTS_PER_SECOND, logger);
}

interface Attempt {
  readonly place: number;
  readonly start: () => void;
  isGranted: boolean;
}

/** Attempts that began to wait in the same turn of the event loop, and so for the same request. They share a timer. */
class Turn {
  readonly attempts = new Set<Attempt>();
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** The waiting attempts of one kind, in the order in which they start. */
class Queue {
  readonly attempts = new Set<Attempt>();
  /** How many attempts have left the queue because a token was granted to them. */
  granted = 0;
  currentTurn: Turn | undefined;
}

class TokenBucket implements AdaptiveRateLimiter {
  readonly background: AdaptiveRateLimiter["background"];
  readonly #maxRate: number;
  readonly #logger: Logger | undefined;
  readonly #foregroundQueue = new Queue();
  readonly #backgroundQueue = new Queue();
  #rate: number;
  #tokens: number;
  #readAt: number = performance.now();
  // While calls are paused, this is in the future: the bucket begins to refill when the pause ends.
  #refilledAt: number = this.#readAt;
  #maySlowDownAt: number = this.#readAt;
  #pauseJitter = 1;
  #successes = 0;
  #queueIsLogged = false;

  constructor(maxRate: number, logger: Logger | undefined) {
    this.#maxRate = maxRate;
    this.#logger = logger;
    this.#rate = maxRate;
    this.#tokens = capacityOf(maxRate);
    this.background = backgroundOf(this, this.#backgroundQueue.attempts, (signal) =>
      this.#acquire(this.#backgroundQueue, signal),
    );
  }

  get queued(): number {
    return this.#foregroundQueue.attempts.size + this.#backgroundQueue.attempts.size;
  }

  get requestsPerSecond(): number {
    return this.#rate;
  }

  get successes(): number {
    return this.#successes;
  }

  acquire(signal?: AbortSignal): Promise<void> {
    return this.#acquire(this.#foregroundQueue, signal);
  }

  refused(pauseMilliseconds: number): void {
    const now = this.#refill();
    // If several calls are refused at once, only the first lowers the rate.
    const first = now >= this.#maySlowDownAt;
    if (first) {
      this.#rate = Math.max(this.#maxRate * MIN_SHARE_OF_RATE, this.#rate * SLOWDOWN_FACTOR);
      // Drawn once per pause, so that processes that are refused together do not return together.
      this.#pauseJitter = 1 + PAUSE_JITTER * Math.random();
    }
    this.#tokens = 0;
    this.#refilledAt = Math.max(this.#refilledAt, now + pauseMilliseconds * this.#pauseJitter);
    if (!first) return;
    this.#maySlowDownAt = Math.max(this.#refilledAt, now + MIN_MILLISECONDS_BETWEEN_SLOWDOWNS);
    this.#log(`refused by the server, paused for ${Math.round(this.#refilledAt - now)} ms, then`);
  }

  succeeded(): void {
    this.#successes += 1;
    if (this.#rate === this.#maxRate) return;
    this.#refill();
    this.#rate = Math.min(this.#maxRate, this.#rate + (RECOVERY_PER_SECOND * this.#maxRate) / this.#rate);
    if (this.#rate === this.#maxRate) this.#log("back at");
  }

  #acquire(queue: Queue, signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) return Promise.reject(abortReason(signal));
    this.#refill();
    if (this.#tokens >= capacityOf(this.#rate)) this.#queueIsLogged = false;
    // A token is left only if no attempt waits.
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return GRANTED;
    }
    if (!this.#queueIsLogged) this.#log("calls begin to queue at");
    this.#queueIsLogged = true;
    return this.#wait(queue, signal);
  }

  /**
   * Waits for a token. Whoever looks grants the tokens in the order of the queue, but an attempt starts only by the timer of its
   * own turn: in Cloudflare Workers, timers and promises of another request are of no use.
   */
  #wait(queue: Queue, signal: AbortSignal | undefined): Promise<void> {
    const turn = queue.currentTurn ?? this.#beginTurn(queue);
    return new Promise((resolve, reject) => {
      const start = (): void => {
        stopListening();
        resolve();
      };
      const attempt: Attempt = { place: queue.granted + queue.attempts.size + 1, start, isGranted: false };
      const stopListening = onAbort(signal, (reason) => {
        stopListening();
        queue.attempts.delete(attempt);
        turn.attempts.delete(attempt);
        if (turn.attempts.size === 0) clearTimeout(turn.timer);
        reject(reason);
      });
      queue.attempts.add(attempt);
      turn.attempts.add(attempt);
      if (turn.attempts.size === 1) this.#setTimer(queue, turn);
    });
  }

  #beginTurn(queue: Queue): Turn {
    const turn = new Turn();
    queue.currentTurn = turn;
    void GRANTED.then(() => {
      queue.currentTurn = undefined;
    });
    return turn;
  }

  #setTimer(queue: Queue, turn: Turn): void {
    const [first] = turn.attempts;
    if (first === undefined) return;
    const look = (): void => {
      this.#refill();
      for (const attempt of turn.attempts) {
        if (!attempt.isGranted) break;
        turn.attempts.delete(attempt);
        attempt.start();
      }
      this.#setTimer(queue, turn);
    };
    turn.timer = setTimeout(look, this.#shortestWait(queue, first.place));
  }

  // At most a second, because those ahead may be aborted. In a second, the rate may rise from 2 % of its maximum to 7 %.
  #shortestWait(queue: Queue, place: number): number {
    const others = queue === this.#backgroundQueue ? this.#foregroundQueue.attempts.size : 0;
    const missing = others + place - queue.granted - this.#tokens;
    const fastest = Math.min(this.#maxRate, MAX_SPEEDUP_IN_A_SECOND * this.#rate);
    const pause = this.#refilledAt - this.#readAt;
    const wait = pause + Math.min(MAX_MILLISECONDS_BETWEEN_LOOKS, (missing / fastest) * 1000);
    return Math.min(MAX_TIMER_MILLISECONDS, Math.ceil(wait));
  }

  /** Fills the bucket up to now, and hands its tokens out to those who wait. Returns the time. */
  #refill(): number {
    const now = this.#readClock();
    const elapsed = now - this.#refilledAt;
    if (elapsed > 0) {
      this.#refilledAt = now;
      this.#tokens = Math.min(capacityOf(this.#rate), this.#tokens + (elapsed / 1000) * this.#rate);
    }
    for (const queue of [this.#foregroundQueue, this.#backgroundQueue]) {
      for (const attempt of queue.attempts) {
        if (this.#tokens < 1) return now;
        this.#tokens -= 1;
        attempt.isGranted = true;
        queue.attempts.delete(attempt);
        queue.granted += 1;
      }
    }
    return now;
  }

  /** Reads the clock. If it was put back, what was to come by the old time begins anew. */
  #readClock(): number {
    const now = performance.now();
    // In Cloudflare Workers, each request has a clock of its own, which stands still while it computes.
    if (now < this.#readAt && this.#readAt - now < MAX_CLOCK_DIFFERENCE_MILLISECONDS) return this.#readAt;
    if (now < this.#readAt) {
      this.#refilledAt = now;
      this.#maySlowDownAt = now;
    }
    this.#readAt = now;
    return now;
  }

  #log(event: string): void {
    if (this.#logger === undefined) return;
    notify(() => this.#logger?.warn(`rate limiter: ${event} ${Number(this.#rate.toFixed(1))} requests per second`));
  }
}

function capacityOf(rate: number): number {
  return Math.max(1, rate * BURST_SECONDS);
}

function backgroundOf(
  limiter: Required<RateLimiter>,
  waiting: ReadonlySet<unknown>,
  acquire: RateLimiter["acquire"],
): AdaptiveRateLimiter["background"] {
  return {
    acquire,
    refused: (pauseMilliseconds) => limiter.refused(pauseMilliseconds),
    succeeded: () => limiter.succeeded(),
    get successes() {
      return limiter.successes;
    },
    get queued() {
      return waiting.size;
    },
  };
}
