import fc from "fast-check";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { createRateLimiter } from "../../src/call/rate-limiter.ts";
import { simulateTimeAndChance } from "../support/simulation.ts";

beforeEach(() => {
  simulateTimeAndChance(1);
});

/** Acquires so many times, and notes at which millisecond each call starts. */
function acquireAll(limiter: { acquire(signal?: AbortSignal): Promise<void> }, count: number): number[] {
  const began = performance.now();
  const starts: number[] = [];
  for (let call = 0; call < count; call += 1) {
    void limiter.acquire().then(() => starts.push(performance.now() - began));
  }
  return starts;
}

/** Counts the listeners that are added to a signal and not yet removed. */
function countListeners(signal: AbortSignal): () => number {
  const add = vi.spyOn(signal, "addEventListener");
  const remove = vi.spyOn(signal, "removeEventListener");
  return () => add.mock.calls.length - remove.mock.calls.length;
}

describe("pace", () => {
  test("twenty calls at once start at once, without a timer", async () => {
    const limiter = createRateLimiter();
    const starts = acquireAll(limiter, 20);
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(0);
    expect(starts).toEqual(Array.from({ length: 20 }, () => 0));
  });

  test("calls beyond the burst start in their order, 50 in a second, with one timer for all", async () => {
    const limiter = createRateLimiter();
    const order: number[] = [];
    for (let call = 0; call < 100; call += 1) void limiter.acquire().then(() => order.push(call));
    expect(limiter.queued).toBe(80);
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(order).toEqual(Array.from({ length: 70 }, (_, call) => call));
    await vi.advanceTimersByTimeAsync(600);
    expect(order).toHaveLength(100);
    expect(limiter.queued).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("calls that begin to wait in different turns of the event loop have a timer each", async () => {
    const limiter = createRateLimiter({ requestsPerSecond: 1 });
    const starts: number[] = [];
    for (let call = 0; call < 4; call += 1) {
      starts.push(call);
      void limiter.acquire().then(() => starts.shift());
      await vi.advanceTimersByTimeAsync(0);
    }
    expect(vi.getTimerCount()).toBe(3);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(starts).toEqual([3]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("a pause in the calls allows no more than the burst afterwards", async () => {
    const limiter = createRateLimiter({ requestsPerSecond: 10 });
    await vi.advanceTimersByTimeAsync(3_600_000);
    const starts = acquireAll(limiter, 6);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(starts).toEqual([0, 0, 0, 0, 100, 200]);
  });

  test("a wait longer than a timer can be is still a wait", async () => {
    const limiter = createRateLimiter({ requestsPerSecond: 1e-7 });
    const starts = acquireAll(limiter, 2);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(starts).toEqual([0]);
    expect(vi.getTimerCount()).toBe(1);
  });
});

describe("abort", () => {
  test("an aborted signal rejects at once with its reason and takes nothing from others", async () => {
    const limiter = createRateLimiter({ requestsPerSecond: 1 });
    await expect(limiter.acquire(AbortSignal.abort("no more"))).rejects.toBe("no more");
    const starts = acquireAll(limiter, 1);
    await vi.advanceTimersByTimeAsync(0);
    expect(starts).toEqual([0]);
  });

  test("the last waiting call that is aborted leaves no timer and no listener", async () => {
    const limiter = createRateLimiter({ requestsPerSecond: 1 });
    await limiter.acquire();
    const controller = new AbortController();
    const listeners = countListeners(controller.signal);
    const aborted = expect(limiter.acquire(controller.signal)).rejects.toBe("changed my mind");
    expect(listeners()).toBe(1);
    controller.abort("changed my mind");
    await aborted;
    expect(listeners()).toBe(0);
    expect(limiter.queued).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("calls that wait with the same signal have one listener, until the last of them starts", async () => {
    const limiter = createRateLimiter({ requestsPerSecond: 1 });
    const { signal } = new AbortController();
    const listeners = countListeners(signal);
    await limiter.acquire(signal);
    expect(listeners()).toBe(0);
    const calls = Array.from({ length: 20 }, () => limiter.acquire(signal));
    await vi.advanceTimersByTimeAsync(19_000);
    expect(listeners()).toBe(1);
    await vi.advanceTimersByTimeAsync(1_000);
    await Promise.all(calls);
    expect(listeners()).toBe(0);
  });

  test("whichever waiting calls are aborted, the others start in their order, as if those had never waited", async () => {
    const plan = fc.array(fc.boolean(), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(plan, async (aborted) => {
        const limiter = createRateLimiter({ requestsPerSecond: 1 });
        await limiter.acquire();
        const started: number[] = [];
        const rejected: number[] = [];
        const controllers = aborted.map((_, call) => {
          const controller = new AbortController();
          limiter.acquire(controller.signal).then(
            () => started.push(call),
            () => rejected.push(call),
          );
          return controller;
        });
        aborted.forEach((isAborted, call) => {
          if (isAborted) controllers[call]?.abort();
        });
        const indexes = aborted.map((_, call) => call);
        const others = indexes.filter((call) => !aborted[call]);
        expect(limiter.queued).toBe(others.length);
        await vi.advanceTimersByTimeAsync(1_000 * others.length);
        expect(rejected).toEqual(indexes.filter((call) => aborted[call]));
        expect(started).toEqual(others);
      }),
      { numRuns: 50 },
    );
  });
});

/** How long the limiter starts no call. */
async function pauseOf(limiter: { acquire(): Promise<void> }): Promise<number> {
  const starts = acquireAll(limiter, 1);
  while (starts.length === 0) await vi.advanceTimersToNextTimerAsync();
  return starts[0] ?? 0;
}

describe("refusals", () => {
  test("a refusal pauses every call for as long as the server asks, up to a tenth longer, and then one waits for its token", async () => {
    const limiter = createRateLimiter();
    limiter.refused(3_000);
    const first = await pauseOf(limiter);
    expect(first).toBeGreaterThanOrEqual(3_000 + 1_000 / 35);
    expect(first).toBeLessThanOrEqual(3_300 + 1_000 / 35 + 1);
  });

  test("two limiters that are refused together do not return together", async () => {
    const [one, other] = [createRateLimiter(), createRateLimiter()];
    one.refused(10_000);
    other.refused(10_000);
    const starts = [acquireAll(one, 1), acquireAll(other, 1)];
    await vi.advanceTimersByTimeAsync(12_000);
    expect(new Set(starts.flat()).size).toBe(2);
  });

  test("calls start in their order while refusals and successes change the rate", async () => {
    const limiter = createRateLimiter();
    const order: number[] = [];
    for (let call = 0; call < 120; call += 1) void limiter.acquire().then(() => order.push(call));
    for (let turn = 0; order.length < 120; turn += 1) {
      if (turn % 60 === 10) limiter.refused(turn % 120 === 10 ? 0 : 700);
      else if (turn % 3 === 0) limiter.succeeded();
      await vi.advanceTimersByTimeAsync(17);
    }
    expect(order).toEqual(Array.from({ length: 120 }, (_, call) => call));
    expect(vi.getTimerCount()).toBe(0);
  });

  test("calls that wait already are paused too", async () => {
    const limiter = createRateLimiter({ requestsPerSecond: 1 });
    const starts = acquireAll(limiter, 2);
    limiter.refused(5_000);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(starts).toEqual([0]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(starts).toHaveLength(2);
  });

  test("calls after a pause start one by one: a pause saves up no burst", async () => {
    const limiter = createRateLimiter({ requestsPerSecond: 10 });
    limiter.refused(5_000);
    const starts = acquireAll(limiter, 3);
    await vi.advanceTimersByTimeAsync(10_000);
    const [first = 0, second = 0, third = 0] = starts;
    expect(second - first).toBeGreaterThan(100);
    expect(third - second).toBeGreaterThan(100);
  });

  test.each([
    [5_000, 1_000],
    [1_000, 5_000],
  ])("of pauses of %s and %s ms, the longer one holds", async (one, other) => {
    const limiter = createRateLimiter();
    limiter.refused(one);
    limiter.refused(other);
    expect(await pauseOf(limiter)).toBeGreaterThanOrEqual(5_000);
  });

  test.each([0, 1_000])("fifty refusals at once, asking for %s ms, lower the rate once", async (pause) => {
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

  test("the rate never falls below a fiftieth of its maximum", async () => {
    const limiter = createRateLimiter();
    for (let refusal = 0; refusal < 30; refusal += 1) {
      limiter.refused(0);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(limiter.requestsPerSecond).toBe(1);
  });

  test("successes raise the rate by 5 % of the maximum in a second, up to the maximum", () => {
    const limiter = createRateLimiter();
    limiter.refused(0);
    for (let success = 0; success < 36; success += 1) limiter.succeeded();
    expect(limiter.requestsPerSecond).toBeCloseTo(37.5, 0);
    for (let success = 0; success < 1_000; success += 1) limiter.succeeded();
    expect(limiter.requestsPerSecond).toBe(50);
    expect(limiter.successes).toBe(1_036);
  });

  test("a call that waits while the rate recovers starts at the new rate", async () => {
    const limiter = createRateLimiter({ requestsPerSecond: 1 });
    for (let refusal = 0; refusal < 12; refusal += 1) {
      limiter.refused(0);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    const starts = acquireAll(limiter, 2);
    while (starts.length === 0) await vi.advanceTimersToNextTimerAsync();
    while (limiter.requestsPerSecond < 1) limiter.succeeded();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(starts).toHaveLength(2);
  });

  test("a pause longer than a timer can be is still a pause, and its wait can be aborted", async () => {
    const limiter = createRateLimiter();
    limiter.refused(1e15);
    const controller = new AbortController();
    const aborted = expect(limiter.acquire(controller.signal)).rejects.toBe("too long");
    await vi.advanceTimersByTimeAsync(2 ** 31);
    expect(limiter.queued).toBe(1);
    controller.abort("too long");
    await aborted;
    expect(vi.getTimerCount()).toBe(0);
  });
});

/** Lets `performance.now` be ahead of the timers. */
function shiftClock(): { by: number } {
  const clock = { by: 0 };
  const now = performance.now.bind(performance);
  const spy = vi.spyOn(performance, "now").mockImplementation(() => now() + clock.by);
  onTestFinished(() => spy.mockRestore());
  return clock;
}

describe("a clock that goes back", () => {
  test("by an hour restarts the limiter from now", async () => {
    const clock = shiftClock();
    clock.by = 3_600_000;
    const limiter = createRateLimiter();
    acquireAll(limiter, 20);
    limiter.refused(60_000);
    clock.by = 0;
    limiter.refused(0);
    expect(limiter.requestsPerSecond).toBeCloseTo(24.5);
    const starts = acquireAll(limiter, 40);
    await vi.advanceTimersByTimeAsync(1_700);
    expect(starts).toHaveLength(40);
  });

  test("by an hour holds up calls that wait already for a second more at most", async () => {
    const clock = shiftClock();
    clock.by = 3_600_000;
    const limiter = createRateLimiter();
    acquireAll(limiter, 40);
    clock.by = 0;
    await vi.advanceTimersByTimeAsync(1_400);
    expect(limiter.queued).toBe(0);
  });

  test("by less than a second, as between requests of a Cloudflare Worker, ends no pause", async () => {
    const clock = shiftClock();
    clock.by = 500;
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

describe("background", () => {
  test("starts its calls only when no other waits, and both in their order", async () => {
    const limiter = createRateLimiter({ requestsPerSecond: 10 });
    const order: string[] = [];
    const acquire = (from: { acquire(): Promise<void> }, name: string, count: number): void => {
      for (let call = 1; call <= count; call += 1) void from.acquire().then(() => order.push(`${name} ${call}`));
    };
    acquire(limiter.background, "job", 7);
    expect([limiter.queued, limiter.background.queued]).toEqual([3, 3]);
    acquire(limiter, "page", 3);
    expect([limiter.queued, limiter.background.queued]).toEqual([6, 3]);
    await vi.advanceTimersByTimeAsync(600);
    const started = ["job 1", "job 2", "job 3", "job 4", "page 1", "page 2", "page 3", "job 5", "job 6", "job 7"];
    expect(order).toEqual(started);
    expect([limiter.queued, vi.getTimerCount()]).toEqual([0, 0]);
  });

  test("lets a call that is made while 500 of its calls wait start next", async () => {
    const limiter = createRateLimiter();
    const job = acquireAll(limiter.background, 520);
    await vi.advanceTimersByTimeAsync(1_000);
    const page = acquireAll(limiter, 1);
    await vi.advanceTimersByTimeAsync(20);
    expect(page).toHaveLength(1);
    expect(job).toHaveLength(70);
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

  test("rejects a call whose signal is aborted with its reason", async () => {
    const { background } = createRateLimiter({ requestsPerSecond: 1 });
    await background.acquire();
    const controller = new AbortController();
    const aborted = expect(background.acquire(controller.signal)).rejects.toBe("stopped");
    controller.abort("stopped");
    await aborted;
    expect([background.queued, vi.getTimerCount()]).toEqual([0, 0]);
  });
});

describe("log lines", () => {
  function loggedLimiter(requestsPerSecond: number) {
    const lines: string[] = [];
    const logger = { debug: () => expect.fail("not a warning"), warn: (line: string) => void lines.push(line) };
    return { limiter: createRateLimiter({ requestsPerSecond, logger }), lines };
  }

  test("each change has one line, however many calls it concerns", async () => {
    vi.mocked(Math.random).mockReturnValue(0.43);
    const { limiter, lines } = loggedLimiter(5);
    acquireAll(limiter, 10);
    for (let refusal = 0; refusal < 10; refusal += 1) limiter.refused(1_000);
    await vi.advanceTimersByTimeAsync(10_000);
    for (let success = 0; success < 100; success += 1) limiter.succeeded();
    expect(lines).toEqual([
      "rate limiter: calls begin to queue at 5 requests per second",
      "rate limiter: refused by the server, paused for 1043 ms, then 3.5 requests per second",
      "rate limiter: back at 5 requests per second",
    ]);
    await vi.advanceTimersByTimeAsync(1_000);
    acquireAll(limiter, 10);
    expect(lines).toHaveLength(4);
  });

  test("a busy event loop does not repeat the line for each call", () => {
    const { limiter, lines } = loggedLimiter(50);
    const clock = shiftClock();
    acquireAll(limiter, 45);
    clock.by = 500;
    acquireAll(limiter, 200);
    expect(lines).toEqual(["rate limiter: calls begin to queue at 50 requests per second"]);
  });

  test("calls that come a little faster than the pace are told of once", async () => {
    const { limiter, lines } = loggedLimiter(10);
    acquireAll(limiter, 4);
    for (let call = 0; call < 50; call += 1) {
      acquireAll(limiter, 1);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(lines).toEqual(["rate limiter: calls begin to queue at 10 requests per second"]);
  });
});

test.each([
  ...[0, -1, Number.NaN, Number.POSITIVE_INFINITY, "50", null].map((requestsPerSecond) => ({
    options: { requestsPerSecond },
    option: "requestsPerSecond",
  })),
  { options: null, option: "createRateLimiter" },
  { options: { requestPerSecond: 50 }, option: "requestPerSecond" },
  { options: { logger: {} }, option: "logger" },
])("options $options are refused, naming $option", ({ options, option }) => {
  // @ts-expect-error JavaScript callers have no types.
  expect(() => createRateLimiter(options)).toThrow(expect.objectContaining({ code: "invalid_config", option }));
});
