/** How a simulated server limits requests: given the time in ms, it takes the request or says how many ms to wait. */
export type Limit = (now: number) => { readonly waitMilliseconds: number } | undefined;

/** Numbers from 0 up to 1 that look random and are the same in each run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A token bucket that holds the requests of one second. */
export function tokenBucket(perSecond: number): Limit {
  let tokens = perSecond;
  let refilledAt = performance.now();
  return (now) => {
    tokens = Math.min(perSecond, tokens + ((now - refilledAt) / 1000) * perSecond);
    refilledAt = now;
    if (tokens < 1) return { waitMilliseconds: ((1 - tokens) / perSecond) * 1000 };
    tokens -= 1;
    return undefined;
  };
}

/** So many requests in each second of the server's clock, which is `phase` milliseconds ahead. */
export function fixedWindows(perSecond: number, phase: number): Limit {
  let window = -1;
  let taken = 0;
  return (now) => {
    const current = Math.floor((now + phase) / 1000);
    if (current !== window) taken = 0;
    window = current;
    if (taken >= perSecond) return { waitMilliseconds: (current + 1) * 1000 - (now + phase) };
    taken += 1;
    return undefined;
  };
}

/** A server that refuses every request. */
export const refuseAll: Limit = () => ({ waitMilliseconds: 0 });

/** A server on the simulated clock behind the `fetch` that a client is given, with what it has done so far. */
export interface SimulatedServer {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly taken: number;
  readonly refused: number;
}

/** Starts a server that responds after 40 to 80 ms, and refuses with 429 what is beyond its limit. */
export function simulatedServer(limit: Limit, options: { retryAfter: boolean; random: () => number }): SimulatedServer {
  let taken = 0;
  let refused = 0;
  const travel = () => new Promise((resolve) => setTimeout(resolve, 20 + 20 * options.random()));
  const respond = (): Response => {
    const refusal = limit(performance.now());
    if (refusal === undefined) {
      taken += 1;
      return Response.json({ id: `credential_${taken}` });
    }
    refused += 1;
    const seconds = String(Math.ceil(refusal.waitMilliseconds / 1000));
    return Response.json(
      { errors: [] },
      { status: 429, headers: options.retryAfter ? { "Retry-After": seconds } : {} },
    );
  };
  return {
    fetch: async () => {
      await travel();
      const response = respond();
      await travel();
      return response;
    },
    get taken() {
      return taken;
    },
    get refused() {
      return refused;
    },
  };
}
