import type { AdaptiveRateLimiter, RateLimiterChange } from "./rate-limiter.ts";
import { WaitingCalls } from "./waiting-calls.ts";

const MIN_SHARE_OF_RATE = 1 / 50;
// Twenty calls at once at 50 per second.
const BURST_SECONDS = 0.4;
const DEFAULT_PAUSE_MS = 1_000;
const MIN_MS_BETWEEN_SLOWDOWNS = 1_000;
const SLOWDOWN_FACTOR = 0.7;
// Share of the maximum rate that a second of successes at the current rate adds.
const RECOVERY_PER_SECOND = 0.05;
const PAUSE_SPREAD = 0.1;
// A longer delay makes timers fire at once (HTML Standard, section 8.6: a signed 32-bit number of milliseconds).
const MAX_TIMER_MS = 2 ** 31 - 1;

const GRANTED: Promise<void> = Promise.resolve();

/** A token bucket whose rate follows the server's refusals. Its sources are named at `createRateLimiter`. */
export class AdaptiveTokenBucket implements AdaptiveRateLimiter {
  readonly #maxRate: number;
  readonly #waiting = new WaitingCalls(() => this.#setTimer());
  readonly #listeners = new Set<(change: RateLimiterChange) => void>();
  #rate: number;
  #tokens: number;
  // While calls are paused, this lies in the future: the bucket begins to refill when the pause ends.
  #refilledAt: number = performance.now();
  #pauseSpread = 0;
  #maySlowDownAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isQueueAnnounced = false;
  #successes = 0;
  #refusalsInARow = 0;

  constructor(maxRate: number) {
    this.#maxRate = maxRate;
    this.#rate = maxRate;
    this.#tokens = this.#capacity;
  }

  get queued(): number {
    return this.#waiting.size;
  }
  get requestsPerSecond(): number {
    return this.#rate;
  }
  get pausedFor(): number {
    return Math.max(0, this.#refilledAt - performance.now());
  }
  get successes(): number {
    return this.#successes;
  }
  get refusalsInARow(): number {
    return this.#refusalsInARow;
  }

  acquire(signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    this.#refill();
    if (this.#tokens >= this.#capacity) this.#isQueueAnnounced = false;
    if (this.#waiting.size === 0 && this.#tokens >= 1) {
      this.#tokens -= 1;
      return GRANTED;
    }
    const turn = this.#waiting.add(signal);
    if (this.#timer === undefined) this.#setTimer();
    if (!this.#isQueueAnnounced) {
      this.#isQueueAnnounced = true;
      this.#announce({ kind: "queueing", requestsPerSecond: this.#rate });
    }
    return turn;
  }

  refused(waitMilliseconds: number = DEFAULT_PAUSE_MS): void {
    const now = performance.now();
    this.#refill();
    // Of the calls that were refused together, the first lowers the rate for all.
    const isFirst = now >= this.#maySlowDownAt;
    if (isFirst) {
      this.#rate = Math.max(this.#maxRate * MIN_SHARE_OF_RATE, this.#rate * SLOWDOWN_FACTOR);
      this.#refusalsInARow += 1;
      // Drawn once for a pause: processes that were refused together do not come back together.
      this.#pauseSpread = 1 + PAUSE_SPREAD * Math.random();
    }
    const pause = Math.min(MAX_TIMER_MS, Math.max(0, waitMilliseconds) * this.#pauseSpread);
    this.#tokens = 0;
    this.#refilledAt = Math.max(this.#refilledAt, now + pause);
    this.#setTimer();
    if (!isFirst) return;
    this.#maySlowDownAt = Math.max(this.#refilledAt, now + MIN_MS_BETWEEN_SLOWDOWNS);
    this.#announce({ kind: "slowed", pause, requestsPerSecond: this.#rate });
  }

  succeeded(): void {
    this.#successes += 1;
    this.#refusalsInARow = 0;
    if (this.#rate === this.#maxRate) return;
    this.#refill();
    this.#rate = Math.min(this.#maxRate, this.#rate + (RECOVERY_PER_SECOND * this.#maxRate) / this.#rate);
    if (this.#rate === this.#maxRate) this.#announce({ kind: "recovered", requestsPerSecond: this.#rate });
  }

  subscribe(listener: (change: RateLimiterChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  get #capacity(): number {
    return Math.max(1, this.#rate * BURST_SECONDS);
  }

  #refill(): void {
    const elapsed = performance.now() - this.#refilledAt;
    if (elapsed <= 0) return;
    this.#refilledAt += elapsed;
    this.#tokens = Math.min(this.#capacity, this.#tokens + (elapsed / 1000) * this.#rate);
  }

  #startCalls(): void {
    this.#timer = undefined;
    this.#refill();
    while (this.#waiting.size > 0 && this.#tokens >= 1) {
      this.#tokens -= 1;
      this.#waiting.startFirst();
    }
    this.#setTimer();
  }

  /** One timer for all waiting calls; none when no call waits, so that a process can end. */
  #setTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.size === 0) return;
    const next = this.#refilledAt + ((1 - this.#tokens) / this.#rate) * 1000;
    const delay = Math.min(MAX_TIMER_MS, Math.max(0, Math.ceil(next - performance.now())));
    this.#timer = setTimeout(() => this.#startCalls(), delay);
  }

  #announce(change: RateLimiterChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
