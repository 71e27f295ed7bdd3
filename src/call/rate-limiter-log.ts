import type { AdaptiveRateLimiter, RateLimiterChange } from "./rate-limiter.ts";

/** The log line of a change: numbers only, so that nothing secret can be in it. */
export function changeLine(change: RateLimiterChange): string {
  const rate = `${Math.round(change.requestsPerSecond * 10) / 10} requests per second`;
  switch (change.kind) {
    case "queueing":
      return `rate limiter: calls begin to queue, at ${rate}`;
    case "slowed":
      return `rate limiter: refused by the server, paused for ${Math.round(change.pause)} ms, then ${rate}`;
    case "recovered":
      return `rate limiter: back at ${rate}`;
  }
}

/**
 * Writes the changes of a limiter to a client's log. It listens only while the client has calls under way: a shared
 * limiter lives longer than its clients and must not keep them in memory.
 */
export class RateLimiterLog {
  readonly #limiter: AdaptiveRateLimiter;
  readonly #write: (line: string, change: RateLimiterChange) => void;
  #callsUnderWay = 0;
  #stop: (() => void) | undefined;

  constructor(limiter: AdaptiveRateLimiter, write: (line: string, change: RateLimiterChange) => void) {
    this.#limiter = limiter;
    this.#write = write;
  }

  callBegins(): void {
    this.#callsUnderWay += 1;
    this.#stop ??= this.#limiter.subscribe((change) => this.#write(changeLine(change), change));
  }

  callEnds(): void {
    this.#callsUnderWay -= 1;
    if (this.#callsUnderWay > 0) return;
    this.#stop?.();
    this.#stop = undefined;
  }
}
