import fc from "fast-check";
import { createRateLimiter, type Logger, type RateLimiter, RolloutApiError } from "rollout-client";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";
import { simulateTimeAndChance } from "../support/simulation.ts";
import { callThings } from "../support/things.ts";
import { losing, responding } from "../support/things-api.ts";

beforeEach(() => {
  simulateTimeAndChance(1);
});

type Acquirable = Pick<RateLimiter, "acquire">;

/** Acquires so many times, and notes at which millisecond each call starts. */
function acquireAll(limiter: Acquirable, count: number, signal?: AbortSignal): number[] {
  const began = performance.now();
  const starts: number[] = [];
  for (let call = 0; call < count; call += 1) {
    void limiter.acquire(signal).then(() => starts.push(performance.now() - began));
  }
  return starts;
}

/** When the next call starts, in milliseconds from now. */
async function nextStart(limiter: Acquirable): Promise<number> {
  const starts = acquireAll(limiter, 1);
  while (starts.length === 0) await vi.advanceTimersToNextTimerAsync();
  return starts[0] ?? 0;
}

/** Lets `performance.now` be ahead of the timers. */
function clockAhead(milliseconds: number): { by: number } {
  const clock = { by: milliseconds };
  const now = performance.now.bind(performance);
  // No spy: the end of the simulation restores this, and a spy would bring the simulated clock back.
  performance.now = () => now() + clock.by;
  return clock;
}

describe("a rate limiter", () => {
  test("starts twenty of a hundred calls at once and the others at 50 per second, in order, by one timer", async () => {
    const limiter = createRateLimiter();
    const order: number[] = [];
    for (let call = 0; call < 100; call += 1) void limiter.acquire().then(() => order.push(call));
    expect([limiter.queued, vi.getTimerCount()]).toEqual([80, 1]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(order).toEqual(Array.from({ length: 70 }, (_, call) => call));
    await vi.advanceTimersByTimeAsync(600);
    expect(order).toHaveLength(100);
    expect([limiter.queued, vi.getTimerCount()]).toEqual([0, 0]);
  });

  test("has a timer for each turn of the event loop in which calls begin to wait", async () => {
    const limiter = createRateLimiter({ requestsPerSecond: 1 });
    for (let call = 0; call < 4; call += 1) {
      acquireAll(limiter, 1);
      await vi.advanceTimersByTimeAsync(0);
    }
    expect([limiter.queued, vi.getTimerCount()]).toEqual([3, 3]);
    await vi.advanceTimersByTimeAsync(3_000);
    expect([limiter.queued, vi.getTimerCount()]).toEqual([0, 0]);
  });

  test("saves up no more than the burst while nobody calls", async () => {
    const limiter = createRateLimiter({ requestsPerSecond: 10 });
    await vi.advanceTimersByTimeAsync(3_600_000);
    const starts = acquireAll(limiter, 6);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(starts).toEqual([0, 0, 0, 0, 100, 200]);
  });

  test("waits a time that is longer than a timer can be, which an abort ends", async () => {
    const limiter = createRateLimiter();
    limiter.refused(1e15);
    const controller = new AbortController();
    const aborted = expect(limiter.acquire(controller.signal)).rejects.toBe("too long");
    const began = performance.now();
    await vi.advanceTimersToNextTimerAsync();
    expect(performance.now() - began).toBe(2 ** 31 - 1);
    expect(limiter.queued).toBe(1);
    controller.abort("too long");
    await aborted;
    expect(vi.getTimerCount()).toBe(0);
  });

  test("rejects a call with the reason of a signal that is aborted, and takes nothing from others", async () => {
    const limiter = createRateLimiter({ requestsPerSecond: 1 });
    await expect(limiter.acquire(AbortSignal.abort("no more"))).rejects.toBe("no more");
    expect(await nextStart(limiter)).toBe(0);
  });

  test("starts calls in their order, whichever others are aborted, as if those had never waited", async () => {
    const plan = fc.array(fc.boolean(), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(plan, fc.boolean(), async (aborted, isBackground) => {
        const limiter = createRateLimiter({ requestsPerSecond: 1 });
        const side = isBackground ? limiter.background : limiter;
        await side.acquire();
        const started: number[] = [];
        const rejected: unknown[] = [];
        const controllers = aborted.map((_, call) => {
          const controller = new AbortController();
          side.acquire(controller.signal).then(
            () => started.push(call),
            (reason) => rejected.push(reason),
          );
          return controller;
        });
        const indexes = aborted.map((_, call) => call);
        const others = indexes.filter((call) => !aborted[call]);
        for (const call of indexes) if (aborted[call]) controllers[call]?.abort(call);
        expect(side.queued).toBe(others.length);
        await vi.advanceTimersByTimeAsync(1_000 * others.length);
        expect(rejected).toEqual(indexes.filter((call) => aborted[call]));
        expect(started).toEqual(others);
        expect(vi.getTimerCount()).toBe(0);
      }),
      { numRuns: 50 },
    );
  });
});

describe("a refusal", () => {
  test("pauses every call as long as the server asks, up to a tenth longer; then they start one by one", async () => {
    const limiter = createRateLimiter({ requestsPerSecond: 10 });
    acquireAll(limiter, 4);
    const waiting = acquireAll(limiter, 1);
    limiter.refused(5_000);
    const starts = [waiting, acquireAll(limiter, 2)];
    await vi.advanceTimersByTimeAsync(10_000);
    const [first = 0, second = 0, third = 0] = starts.flat();
    expect(first).toBeGreaterThanOrEqual(5_000 + 1_000 / 7);
    expect(first).toBeLessThanOrEqual(5_500 + 1_000 / 7 + 1);
    expect(second - first).toBeGreaterThan(100);
    expect(third - second).toBeGreaterThan(100);
  });

  test("does not shorten the pause of another", async () => {
    const limiter = createRateLimiter();
    limiter.refused(5_000);
    limiter.refused(1_000);
    expect(await nextStart(limiter)).toBeGreaterThanOrEqual(5_000);
  });

  test.each([0, 1_000])("lowers the rate once, however many there are at once, asking for %s ms", async (pause) => {
    const limiter = createRateLimiter();
    for (let refusal = 0; refusal < 50; refusal += 1) {
      limiter.refused(pause);
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(limiter.requestsPerSecond).toBe(35);
    await vi.advanceTimersByTimeAsync(2_000);
    limiter.refused(pause);
    expect(limiter.requestsPerSecond).toBeCloseTo(24.5);
  });

  test("never lowers the rate below a fiftieth of its maximum", async () => {
    const limiter = createRateLimiter();
    for (let refusal = 0; refusal < 30; refusal += 1) {
      limiter.refused(0);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(limiter.requestsPerSecond).toBe(1);
    const starts = acquireAll(limiter, 2);
    while (starts.length === 0) await vi.advanceTimersToNextTimerAsync();
    // The call that waits starts at the rate that the successes make.
    while (limiter.requestsPerSecond < 50) limiter.succeeded();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(starts).toHaveLength(2);
  });

  test("is made up for by successes: 5 % of the maximum in a second, up to the maximum", () => {
    const limiter = createRateLimiter();
    limiter.refused(0);
    for (let success = 0; success < 36; success += 1) limiter.succeeded();
    expect(limiter.requestsPerSecond).toBeCloseTo(37.5, 0);
    for (let success = 0; success < 1_000; success += 1) limiter.succeeded();
    expect([limiter.requestsPerSecond, limiter.successes]).toEqual([50, 1_036]);
  });
});

describe("a clock that goes back", () => {
  test("by an hour restarts the limiter from now, and holds up calls that wait for a second more at most", async () => {
    const clock = clockAhead(3_600_000);
    const limiter = createRateLimiter();
    const starts = acquireAll(limiter, 40);
    clock.by = 0;
    await vi.advanceTimersByTimeAsync(1_400);
    expect(starts).toHaveLength(40);
    limiter.refused(60_000);
    clock.by = -3_600_000;
    limiter.refused(0);
    expect(limiter.requestsPerSecond).toBeCloseTo(24.5);
    const restarted = acquireAll(limiter, 40);
    await vi.advanceTimersByTimeAsync(1_700);
    expect(restarted).toHaveLength(40);
  });

  test("by less than a second, as between requests of a Cloudflare Worker, ends no pause", async () => {
    const clock = clockAhead(500);
    const limiter = createRateLimiter();
    limiter.refused(10_000);
    clock.by = 0;
    const starts = acquireAll(limiter, 1);
    await vi.advanceTimersByTimeAsync(10_400);
    expect(starts).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_200);
    expect(starts).toHaveLength(1);
  });
});

describe("a background limiter", () => {
  test("starts its calls only when no other waits, and both in their order", async () => {
    const limiter = createRateLimiter({ requestsPerSecond: 10 });
    const order: string[] = [];
    const acquire = (from: Acquirable, name: string, count: number): void => {
      for (let call = 1; call <= count; call += 1) void from.acquire().then(() => order.push(`${name} ${call}`));
    };
    acquire(limiter.background, "job", 7);
    expect([limiter.queued, limiter.background.queued]).toEqual([3, 3]);
    acquire(limiter, "page", 3);
    expect([limiter.queued, limiter.background.queued]).toEqual([6, 3]);
    await vi.advanceTimersByTimeAsync(600);
    const first = ["job 1", "job 2", "job 3", "job 4"];
    expect(order).toEqual([...first, "page 1", "page 2", "page 3", "job 5", "job 6", "job 7"]);
    expect([limiter.queued, vi.getTimerCount()]).toEqual([0, 0]);
  });

  test("shares the pace, the pauses, and what it learns of refusals and successes", async () => {
    const limiter = createRateLimiter({ requestsPerSecond: 10 });
    const { background } = limiter;
    acquireAll(limiter, 4);
    background.refused(2_000);
    expect(limiter.requestsPerSecond).toBe(7);
    const starts = [acquireAll(background, 1), acquireAll(limiter, 1)];
    await vi.advanceTimersByTimeAsync(2_000);
    expect(starts).toEqual([[], []]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(starts.flat()).toHaveLength(2);
    background.succeeded();
    limiter.succeeded();
    expect([background.successes, limiter.successes]).toEqual([2, 2]);
    expect(limiter.requestsPerSecond).toBeGreaterThan(7);
  });
});

describe("the logger of a rate limiter", () => {
  /** The numbers in the lines that a limiter logs: a pause, and the requests per second. */
  function loggedLimiter(requestsPerSecond: number) {
    const lines: (string[] | null)[] = [];
    const warn = (line: string) => void lines.push(line.match(/[\d.]+/g));
    const logger: Logger = { debug: () => expect.fail("not a warning"), warn };
    return { limiter: createRateLimiter({ requestsPerSecond, logger }), lines };
  }

  test("receives one line for each change, however many calls it concerns", async () => {
    vi.mocked(Math.random).mockReturnValue(0.43);
    const { limiter, lines } = loggedLimiter(5);
    acquireAll(limiter, 10);
    for (let refusal = 0; refusal < 10; refusal += 1) limiter.refused(1_000);
    await vi.advanceTimersByTimeAsync(10_000);
    for (let success = 0; success < 100; success += 1) limiter.succeeded();
    expect(lines).toEqual([["5"], ["1043", "3.5"], ["5"]]);
    await vi.advanceTimersByTimeAsync(1_000);
    acquireAll(limiter, 10);
    expect(lines).toHaveLength(4);
  });

  test("receives no line for each call while the event loop is busy", () => {
    const busy = loggedLimiter(50);
    const clock = clockAhead(0);
    acquireAll(busy.limiter, 45);
    clock.by = 500;
    acquireAll(busy.limiter, 200);
    expect(busy.lines).toEqual([["50"]]);
  });

  // At 30 per second, a timer of whole milliseconds leaves a fraction of a token when a call starts.
  test.each([
    [10, 100],
    [30, 34],
  ])("receives one line for calls that come at the pace of %i per second: every %i ms", async (rate, gap) => {
    const steady = loggedLimiter(rate);
    acquireAll(steady.limiter, rate * 0.4);
    for (let call = 0; call < 20; call += 1) {
      acquireAll(steady.limiter, 1);
      await vi.advanceTimersByTimeAsync(gap);
    }
    expect(steady.lines).toEqual([[String(rate)]]);
  });
});

test.each([
  ...[0, -1, Number.NaN, Number.POSITIVE_INFINITY, "50", null].map((requestsPerSecond) => ({ requestsPerSecond })),
  { requestPerSecond: 50 },
  { logger: {} },
])("a rate limiter with the option %o is refused", (options) => {
  const create = () => Reflect.apply(createRateLimiter, undefined, [options]);
  expect(create).toThrow(expect.objectContaining({ code: "invalid_config", option: Object.keys(options)[0] }));
});

const token = "made-up";
const tooMany = () => new Response("", { status: 429, headers: { "Retry-After": "2" } });

describe("a rate limiter of the caller's", () => {
  test("is asked before each attempt and told of each refusal and success, with its own this", async () => {
    const calls: string[] = [];
    const rateLimiter = {
      calls,
      async acquire() {
        this.calls.push("acquire");
      },
      refused(pauseMilliseconds: number) {
        this.calls.push(`refused ${pauseMilliseconds}`);
      },
      succeeded() {
        this.calls.push("succeeded");
      },
    };
    const fetch = responding(200).mockResolvedValueOnce(tooMany());
    fetch.mockResolvedValueOnce(new Response("", { status: 429 }));
    await callThings({ token, fetch, rateLimiter }, "POST");
    expect(calls).toEqual(["acquire", "refused 2000", "acquire", "refused 1000", "acquire", "succeeded"]);
  });

  test("is told of a pause no longer than maxDelay, and neither of a 500 nor of a lost connection", async () => {
    const rateLimiter = { acquire: async () => {}, refused: vi.fn(), succeeded: vi.fn() };
    for (const fetch of [responding(500), losing, async () => tooMany()]) {
      const call = callThings({ token, fetch, rateLimiter, retry: { limit: 0, maxDelay: 1_500 } }, "GET");
      await expect(call).rejects.toThrow();
    }
    expect(rateLimiter.refused.mock.calls).toEqual([[1_500]]);
    expect(rateLimiter.succeeded).not.toHaveBeenCalled();
  });

  test.each([
    ["only acquires waits as Retry-After asks", {}, 2_000],
    ["has refused leaves the waiting to acquire", { refused: () => {} }, 0],
  ])("that %s", async (_case, more, wait) => {
    vi.mocked(Math.random).mockReturnValue(0);
    const fetch = responding(200).mockResolvedValueOnce(tooMany());
    const began = performance.now();
    const call = callThings({ token, fetch, rateLimiter: { acquire: async () => {}, ...more } }, "POST");
    while (fetch.mock.calls.length < 2) await vi.advanceTimersToNextTimerAsync();
    await call;
    expect(performance.now() - began).toBe(wait);
  });

  test("that counts successes makes a refused call end after 21 attempts at the latest", async () => {
    const rateLimiter = {
      successes: 0,
      // Other calls succeed all the time.
      async acquire() {
        rateLimiter.successes += 1;
      },
      refused() {},
    };
    const call = callThings({ token, fetch: async () => tooMany(), rateLimiter }, "POST");
    expect(await rejection(call, RolloutApiError)).toMatchObject({ code: "rate_limited", attempts: 21 });
  });
});

test("without a rate limiter all calls start at once", async () => {
  const fetch = responding(200);
  await Promise.all(Array.from({ length: 200 }, () => callThings({ token, fetch, rateLimiter: false }, "POST")));
  expect(fetch).toHaveBeenCalledTimes(200);
  expect(vi.getTimerCount()).toBe(0);
});
