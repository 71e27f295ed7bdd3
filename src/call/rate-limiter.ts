import { checkOptions } from "../checks.ts";
import { abortReason, withDeadline } from "../deadline.ts";
import { MAX_TIMER_MILLISECONDS } from "../values.ts";
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
// Attempts ahead may be aborted, and the rate may rise.
const MAX_MILLISECONDS_BETWEEN_LOOKS = 1_000;
const MAX_CLOCK_DIFFERENCE_MILLISECONDS = 1_000;

/** The waiting attempts of one kind, in the order in which they start. */
interface Queue {
  readonly attempts: Set<Attempt>;
  /** How many attempts have left the queue because a token was granted to them. */
  granted: number;
  turn?: Turn | undefined;
}

interface Attempt {
  readonly place: number;
  readonly start: () => void;
}

/** Attempts that began to wait in the same turn of the event loop, and so for the same request. They share a timer. */
interface Turn {
  readonly attempts: Set<Attempt>;
  timer?: ReturnType<typeof setTimeout>;
}

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
  const maxRate = requestsPerSecond ?? DEFAULT_REQUESTS_PER_SECOND;
  const foreground: Queue = { attempts: new Set(), granted: 0 };
  const behind: Queue = { attempts: new Set(), granted: 0 };
  let rate = maxRate;
  // A full bucket.
  let tokens = Number.POSITIVE_INFINITY;
  let now = performance.now();
  // While calls are paused, this is in the future: the bucket begins to refill when the pause ends.
  let refilledAt = now;
  let maySlowDownAt = now;
  let pauseJitter = 1;
  let successes = 0;
  let queueIsLogged = false;

  /** Reads the clock, fills the bucket up to now, and hands its tokens out to those who wait. */
  function refill(): void {
    const read = performance.now();
    // If the clock was put back, what was to come by the old time begins anew. By less than a second, it is that of another
    // request: in Cloudflare Workers, each has its own, which stands still while it computes.
    if (read < now - MAX_CLOCK_DIFFERENCE_MILLISECONDS) now = refilledAt = maySlowDownAt = read;
    now = Math.max(now, read);
    const elapsed = Math.max(0, now - refilledAt);
    const capacity = Math.max(1, rate * BURST_SECONDS);
    refilledAt += elapsed;
    tokens = Math.min(capacity, tokens + (elapsed / 1000) * rate);
    for (const queue of [foreground, behind]) {
      for (const attempt of queue.attempts) {
        if (tokens < 1) return;
        tokens -= 1;
        queue.granted += 1;
        queue.attempts.delete(attempt);
      }
    }
    if (tokens === capacity) queueIsLogged = false;
  }

  async function acquire(queue: Queue, signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) throw abortReason(signal);
    refill();
    // A token is left only if no attempt waits.
    if (tokens >= 1) {
      tokens -= 1;
      return;
    }
    if (!queueIsLogged) log("calls begin to queue at");
    queueIsLogged = true;
    await withDeadline(signal, undefined, (ended) => wait(queue, ended));
  }

  /**
   * Waits for a token. Every look grants tokens in the order of the queue, but an attempt starts only by the timer of its
   * own turn: in Cloudflare Workers, timers and promises of another request are of no use.
   */
  function wait(queue: Queue, signal: AbortSignal): Promise<void> {
    if (queue.turn === undefined) {
      queue.turn = { attempts: new Set() };
      queueMicrotask(() => {
        queue.turn = undefined;
      });
    }
    const { turn } = queue;
    return new Promise((start) => {
      const attempt = { place: queue.granted + queue.attempts.size + 1, start };
      signal.addEventListener("abort", () => {
        queue.attempts.delete(attempt);
        turn.attempts.delete(attempt);
        if (turn.attempts.size === 0) clearTimeout(turn.timer);
      });
      queue.attempts.add(attempt);
      turn.attempts.add(attempt);
      if (turn.attempts.size === 1) setTimer(queue, turn);
    });
  }

  function setTimer(queue: Queue, turn: Turn): void {
    const [first] = turn.attempts;
    if (first === undefined) return;
    const others = queue === behind ? foreground.attempts.size : 0;
    const missing = others + first.place - queue.granted - tokens;
    const look = Math.min(MAX_MILLISECONDS_BETWEEN_LOOKS, (missing / rate) * 1000);
    const milliseconds = Math.min(MAX_TIMER_MILLISECONDS, Math.ceil(refilledAt - now + look));
    turn.timer = setTimeout(() => {
      refill();
      for (const attempt of turn.attempts) {
        if (queue.attempts.has(attempt)) break;
        turn.attempts.delete(attempt);
        attempt.start();
      }
      setTimer(queue, turn);
    }, milliseconds);
  }

  function refused(pauseMilliseconds: number): void {
    refill();
    // If several calls are refused at once, only the first lowers the rate.
    const isFirst = now >= maySlowDownAt;
    if (isFirst) {
      rate = Math.max(maxRate * MIN_SHARE_OF_RATE, rate * SLOWDOWN_FACTOR);
      // Drawn once per pause, so that processes that are refused together do not return together.
      pauseJitter = 1 + PAUSE_JITTER * Math.random();
    }
    tokens = 0;
    refilledAt = Math.max(refilledAt, now + pauseMilliseconds * pauseJitter);
    if (!isFirst) return;
    maySlowDownAt = Math.max(refilledAt, now + MIN_MILLISECONDS_BETWEEN_SLOWDOWNS);
    log(`refused by the server, paused for ${Math.round(refilledAt - now)} ms, then`);
  }

  function succeeded(): void {
    successes += 1;
    if (rate === maxRate) return;
    refill();
    rate = Math.min(maxRate, rate + (RECOVERY_PER_SECOND * maxRate) / rate);
    if (rate === maxRate) log("back at");
  }

  function log(event: string): void {
    notify(() => logger?.warn(`rate limiter: ${event} ${Number(rate.toFixed(1))} requests per second`));
  }

  return {
    acquire: (signal) => acquire(foreground, signal),
    refused,
    succeeded,
    get successes() {
      return successes;
    },
    get queued() {
      return foreground.attempts.size + behind.attempts.size;
    },
    get requestsPerSecond() {
      return rate;
    },
    background: {
      acquire: (signal) => acquire(behind, signal),
      refused,
      succeeded,
      get successes() {
        return successes;
      },
      get queued() {
        return behind.attempts.size;
      },
    },
  };
}
