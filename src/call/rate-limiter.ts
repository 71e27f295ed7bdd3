import { checkKeys, checkLogger } from "../errors/checks.ts";
import { RolloutConfigError } from "../errors/classes.ts";
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
  /** How many attempts are waiting, for example to draw a progress bar. */
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
const MAX_TIMER_MILLISECONDS = 2 ** 31 - 1;

const GRANTED: Promise<void> = Promise.resolve();

/** A call that waits for its turn. Without `start`, its signal has aborted. */
interface WaitingCall {
  start: (() => void) | undefined;
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
 * import { signer } from "./rollout.ts";
 *
 * const rateLimiter = createRateLimiter({ requestsPerSecond: 25 });
 * export const rolloutFor = (userId: string) => createRolloutClient({ token: signer.forUser(userId), rateLimiter });
 * ```
 */
export function createRateLimiter(options: RateLimiterOptions = {}): AdaptiveRateLimiter {
  checkKeys(options, ["requestsPerSecond", "logger"], "createRateLimiter");
  const { requestsPerSecond: maxRate = DEFAULT_REQUESTS_PER_SECOND } = options;
  const logger = checkLogger(options.logger);
  if (typeof maxRate !== "number" || !Number.isFinite(maxRate) || maxRate <= 0) {
    throw new RolloutConfigError("requestsPerSecond", "must be a number above 0");
  }
  let rate = maxRate;
  let tokens = capacityOf(rate);
  // While calls are paused, this is in the future: the bucket begins to refill when the pause ends.
  let refilledAt = performance.now();
  let maySlowDownAt = 0;
  let pauseJitter = 1;
  let successes = 0;
  let queue: WaitingCall[] = [];
  let queued = 0;
  let next = 0;
  let queueIsLogged = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const log = (event: string): void => {
    if (logger !== undefined)
      writeLine(logger, "warn", `rate limiter: ${event} ${Number(rate.toFixed(1))} requests per second`);
  };

  const refill = (): void => {
    const elapsed = performance.now() - refilledAt;
    if (elapsed <= 0) return;
    refilledAt += elapsed;
    tokens = Math.min(capacityOf(rate), tokens + (elapsed / 1000) * rate);
  };

  // One timer for all waiting calls, and none when no call waits, so that a process can end.
  const setTimer = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (queued === 0) {
      queue = [];
      next = 0;
      return;
    }
    const at = refilledAt + ((1 - tokens) / rate) * 1000;
    timer = setTimeout(startCalls, Math.min(MAX_TIMER_MILLISECONDS, Math.max(0, Math.ceil(at - performance.now()))));
  };

  const startCalls = (): void => {
    refill();
    while (queued > 0 && tokens >= 1) {
      const start = queue[next]?.start;
      next += 1;
      if (start === undefined) continue;
      tokens -= 1;
      start();
    }
    // Forgets the calls that have started, once they are the larger part.
    if (next > queue.length / 2) {
      queue = queue.slice(next);
      next = 0;
    }
    setTimer();
  };

  const enqueue = (signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      const call: WaitingCall = {
        start() {
          leave();
          resolve();
        },
      };
      const stopListening = onAbort(signal, (reason) => {
        leave();
        reject(reason);
        if (queued === 0) setTimer();
      });
      const leave = (): void => {
        stopListening();
        call.start = undefined;
        queued -= 1;
      };
      queue.push(call);
      queued += 1;
    });

  return {
    get queued() {
      return queued;
    },
    get requestsPerSecond() {
      return rate;
    },
    get successes() {
      return successes;
    },
    acquire(signal) {
      if (signal?.aborted) return Promise.reject(signal.reason);
      refill();
      if (tokens >= capacityOf(rate)) queueIsLogged = false;
      if (queued === 0 && tokens >= 1) {
        tokens -= 1;
        return GRANTED;
      }
      const turn = enqueue(signal);
      if (timer === undefined) setTimer();
      if (!queueIsLogged) log("calls begin to queue at");
      queueIsLogged = true;
      return turn;
    },
    refused(pauseMilliseconds) {
      const now = performance.now();
      refill();
      // Of calls that are refused together, the first lowers the rate for all.
      const first = now >= maySlowDownAt;
      if (first) {
        rate = Math.max(maxRate * MIN_SHARE_OF_RATE, rate * SLOWDOWN_FACTOR);
        // Drawn once for a pause: processes that are refused together do not return together.
        pauseJitter = 1 + PAUSE_JITTER * Math.random();
      }
      tokens = 0;
      refilledAt = Math.max(refilledAt, now + pauseMilliseconds * pauseJitter);
      setTimer();
      if (!first) return;
      maySlowDownAt = Math.max(refilledAt, now + MIN_MILLISECONDS_BETWEEN_SLOWDOWNS);
      log(`refused by the server, paused for ${Math.round(refilledAt - now)} ms, then`);
    },
    succeeded() {
      successes += 1;
      if (rate === maxRate) return;
      refill();
      rate = Math.min(maxRate, rate + (RECOVERY_PER_SECOND * maxRate) / rate);
      if (rate === maxRate) log("back at");
    },
  };
}

function capacityOf(rate: number): number {
  return Math.max(1, rate * BURST_SECONDS);
}
