import { createRateLimiter, createRolloutClient, type RateLimiter, RolloutApiError } from "rollout-client";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";
import { simulateTimeAndChance } from "../support/simulation.ts";
import { callThings } from "../support/things.ts";

beforeEach(() => {
  simulateTimeAndChance(1);
});

const tooMany = () => new Response("", { status: 429, headers: { "Retry-After": "2" } });

describe("a rate limiter of one's own", () => {
  test("is asked before each attempt and told of each refusal and success, with its own this", async () => {
    class Limiter {
      readonly calls: string[] = [];
      async acquire(): Promise<void> {
        this.calls.push("acquire");
      }
      refused(pauseMilliseconds: number): void {
        this.calls.push(`refused ${pauseMilliseconds}`);
      }
      succeeded(): void {
        this.calls.push("succeeded");
      }
    }
    const rateLimiter = new Limiter();
    const fetch = vi.fn(async () => Response.json({}));
    fetch.mockResolvedValueOnce(tooMany()).mockResolvedValueOnce(new Response("", { status: 429 }));
    await callThings({ token: "made-up", fetch, rateLimiter }, "POST");
    expect(rateLimiter.calls).toEqual(["acquire", "refused 2000", "acquire", "refused 1000", "acquire", "succeeded"]);
  });

  test.each([
    { name: "a 500", respond: async () => new Response("", { status: 500 }) },
    { name: "a lost connection", respond: () => Promise.reject(new TypeError("fetch failed")) },
  ])("does not learn of $name", async ({ respond }) => {
    const rateLimiter = { acquire: async () => {}, refused: vi.fn(), succeeded: vi.fn() };
    await expect(callThings({ token: "made-up", fetch: respond, rateLimiter, retry: false }, "GET")).rejects.toThrow();
    expect(rateLimiter.refused).not.toHaveBeenCalled();
    expect(rateLimiter.succeeded).not.toHaveBeenCalled();
  });

  test.each([
    { name: "only acquires: the call waits as Retry-After asks", more: {}, wait: 2_000 },
    { name: "has refused: its acquire does the waiting", more: { refused: () => {} }, wait: 0 },
  ])("that $name", async ({ more, wait }) => {
    vi.mocked(Math.random).mockReturnValue(0);
    const fetch = vi.fn(async () => Response.json({}));
    fetch.mockResolvedValueOnce(tooMany());
    const began = performance.now();
    const call = callThings({ token: "made-up", fetch, rateLimiter: { acquire: async () => {}, ...more } }, "POST");
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
    const call = callThings({ token: "made-up", fetch: async () => tooMany(), rateLimiter }, "POST");
    expect(await rejection(call, RolloutApiError)).toMatchObject({ code: "rate_limited", attempts: 21 });
  });

  test("may have an acquire that is not async", async () => {
    // @ts-expect-error JavaScript callers have no types.
    const rateLimiter: RateLimiter = { acquire: () => undefined };
    const fetch = async () => Response.json({ id: "cred_1" });
    const { credentials } = createRolloutClient({ token: "made-up", fetch, rateLimiter });
    for (const options of [{}, { signal: new AbortController().signal }]) {
      await expect(credentials.create({ appKey: "gmail", userInputs: {} }, options)).resolves.toBeDefined();
    }
  });
});

test("waiting for the rate limiter does not count against timeout", async () => {
  const rateLimiter = createRateLimiter({ requestsPerSecond: 1 });
  const fetch = async () => Response.json({});
  const calls = Array.from({ length: 5 }, () =>
    callThings({ token: "made-up", fetch, rateLimiter, timeout: 10 }, "GET"),
  );
  await vi.advanceTimersByTimeAsync(5_000);
  await expect(Promise.all(calls)).resolves.toHaveLength(5);
});

test("without a rate limiter all calls start at once", async () => {
  const fetch = vi.fn(async () => Response.json({ id: "credential_1" }));
  const { credentials } = createRolloutClient({ token: "made-up", fetch, rateLimiter: false });
  await Promise.all(Array.from({ length: 200 }, () => credentials.create({ appKey: "gmail", userInputs: {} })));
  expect(fetch).toHaveBeenCalledTimes(200);
  expect(vi.getTimerCount()).toBe(0);
});
