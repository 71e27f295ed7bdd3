import { createRolloutApi, createRolloutClient, RolloutApiError, type RolloutApiOptions, unwrap } from "rollout-client";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";
import { simulateTimeAndChance } from "../support/simulation.ts";
import type { ThingPaths } from "../support/things.ts";

beforeEach(() => {
  simulateTimeAndChance(1);
});

const conflict = () => Response.json({ errors: [] }, { status: 409 });

/** A `fetch` whose data is ready after so many looks. */
function readyAfter(looks: number) {
  let left = looks;
  return vi.fn(async () => {
    left -= 1;
    return left < 0 ? Response.json({ ready: true }) : conflict();
  });
}

const apiOf = (options: Partial<RolloutApiOptions>) =>
  createRolloutApi<ThingPaths>({ token: "made-up", baseUrl: "https://api.test", ...options });

describe("a 409 is waited out as long as waitUntilReady says", () => {
  test.each([
    { name: "of the client", forClient: { waitUntilReady: 60_000 }, forCall: {} },
    { name: "of the call", forClient: {}, forCall: { waitUntilReady: 60_000 } },
    { name: "of the call, before the client's", forClient: { waitUntilReady: 0 }, forCall: { waitUntilReady: 60_000 } },
  ])("$name, by a GET and a POST", async ({ forClient, forCall }) => {
    for (const method of ["GET", "POST"] as const) {
      const fetch = readyAfter(4);
      const api = apiOf({ fetch, ...forClient });
      const body = { name: "a thing" };
      const call = method === "GET" ? api.GET("/things", forCall) : api.POST("/things", { ...forCall, body });
      await vi.advanceTimersByTimeAsync(60_000);
      expect(unwrap(await call)).toEqual({ ready: true });
      expect(fetch).toHaveBeenCalledTimes(5);
    }
  });

  test("0 of the call, before the client's, does not wait", async () => {
    const fetch = readyAfter(1);
    const { response } = await apiOf({ fetch, waitUntilReady: 60_000 }).GET("/things", { waitUntilReady: 0 });
    expect(response.status).toBe(409);
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  test("with growing waits, whose sum does not count against timeout", async () => {
    const times: number[] = [];
    const fetch = async () => {
      times.push(performance.now());
      return times.length > 4 ? Response.json({}) : conflict();
    };
    vi.mocked(Math.random).mockReturnValue(0);
    const call = apiOf({ fetch, waitUntilReady: 60_000, timeout: 100 }).GET("/things");
    await vi.advanceTimersByTimeAsync(60_000);
    unwrap(await call);
    const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(waits).toEqual([500, 1_000, 2_000, 4_000]);
  });

  test.each([
    { name: "as long as Retry-After asks", retryAfter: "7", waits: [7_000] },
    { name: "at once, where Retry-After asks for nothing", retryAfter: "0", waits: [0] },
    { name: "as long as Retry-After asks, to the last millisecond", retryAfter: "60", waits: [60_000] },
    { name: "not at all, where Retry-After asks for longer", retryAfter: "61", waits: [] },
  ])("$name", async ({ retryAfter, waits }) => {
    const times: number[] = [];
    const headers = { "Retry-After": retryAfter };
    const fetch = async () => {
      times.push(performance.now());
      return times.length > 1 ? Response.json({}) : Response.json({}, { status: 409, headers });
    };
    const call = apiOf({ fetch, waitUntilReady: 60_000 }).GET("/things");
    await vi.advanceTimersByTimeAsync(61_000);
    expect((await call).response.status).toBe(waits.length === 0 ? 409 : 200);
    expect(times.slice(1).map((time) => time - (times[0] ?? 0))).toEqual(waits);
  });

  test("and then rejects with conflict, after a last look at the end of the time", async () => {
    const began = performance.now();
    const fetch = vi.fn(async () => conflict());
    const call = rejection(
      apiOf({ fetch, waitUntilReady: 5_000 }).POST("/things", { body: {} }).then(unwrap),
      RolloutApiError,
    );
    await vi.advanceTimersByTimeAsync(4_999);
    const looks = fetch.mock.calls.length;
    await vi.advanceTimersByTimeAsync(1);
    const error = await call;
    expect(error).toMatchObject({ code: "conflict", status: 409, attempts: looks + 1, mayHaveSucceeded: false });
    expect(performance.now() - began).toBe(5_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("without counting the time in the rate limiter's queue", async () => {
    const fetch = readyAfter(1);
    const rateLimiter = { acquire: () => new Promise<void>((resolve) => setTimeout(resolve, 10_000)) };
    const call = apiOf({ fetch, rateLimiter, waitUntilReady: 5_000 }).GET("/things");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(unwrap(await call)).toEqual({ ready: true });
  });

  test("without using up retry.limit", async () => {
    const fetch = readyAfter(5);
    const call = apiOf({ fetch, waitUntilReady: 60_000, retry: false }).GET("/things");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(unwrap(await call)).toEqual({ ready: true });
  });

  test("until the signal aborts, at once and with its reason", async () => {
    const controller = new AbortController();
    const fetch = vi.fn(async () => conflict());
    const call = apiOf({ fetch, waitUntilReady: 60_000 }).GET("/things", { signal: controller.signal });
    const aborted = expect(call).rejects.toBe("gone");
    await vi.advanceTimersByTimeAsync(10_000);
    const looks = fetch.mock.calls.length;
    controller.abort("gone");
    await aborted;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(fetch).toHaveBeenCalledTimes(looks);
    expect(vi.getTimerCount()).toBe(0);
  });
});

test("credentials.create never waits on a 409, whatever the client's waitUntilReady", async () => {
  const fetch = readyAfter(1);
  const { credentials } = createRolloutClient({ token: "made-up", fetch, waitUntilReady: 60_000 });
  const error = await rejection(credentials.create({ appKey: "gmail", userInputs: {} }), RolloutApiError);
  expect(error).toMatchObject({ code: "conflict", attempts: 1 });
  expect(fetch).toHaveBeenCalledTimes(1);
});
