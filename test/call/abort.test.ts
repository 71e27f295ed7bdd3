import { getEventListeners } from "node:events";
import { createRolloutApi, createRolloutClient, type FetchFunction, RolloutConfigError } from "rollout-client";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { callThings, type ThingOptions, type ThingPaths } from "../support/things.ts";

const reason = new Error("the user went away");
const token = "made-up";

/** A `fetch` that ignores its signal, and never settles. */
const hanging: FetchFunction = () => new Promise(() => {});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  return () => void vi.useRealTimers();
});

function listenersOf(signal: AbortSignal): number {
  return getEventListeners(signal, "abort").length;
}

/** Aborts a call while it waits, and checks that it rejects with the reason and leaves nothing behind. */
async function expectAborted(begin: (signal: AbortSignal) => Promise<unknown>, given: unknown = reason): Promise<void> {
  const controller = new AbortController();
  const rejection = expect(begin(controller.signal)).rejects.toBe(given);
  await new Promise(setImmediate);
  expect(listenersOf(controller.signal)).toBe(1);
  controller.abort(given);
  await rejection;
  expect(listenersOf(controller.signal)).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
}

const stalled = (status: number) => vi.fn(async () => new Response(new ReadableStream(), { status }));
const refusing = () => vi.fn(async () => new Response("", { status: 429, headers: { "Retry-After": "60" } }));
const failing: FetchFunction = (_url, { signal }) =>
  new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("its own"))));

test.each<[string, Partial<ThingOptions>, number]>([
  ["waits for the token", { token: () => new Promise(() => {}), fetch: vi.fn(hanging) }, 0],
  ["waits for the response", { fetch: vi.fn(hanging) }, 1],
  ["waits for the response of a fetch that fails with an error of its own", { fetch: vi.fn(failing) }, 1],
  ["reads the body of a 200", { fetch: stalled(200) }, 1],
  ["reads the body of a 400", { fetch: stalled(400) }, 1],
  ["waits for the rate limiter", { fetch: refusing() }, 1],
  [
    "waits for a rate limiter that ignores the signal",
    { fetch: vi.fn(), rateLimiter: { acquire: () => new Promise(() => {}) } },
    0,
  ],
  ["waits for a retry", { fetch: refusing(), rateLimiter: false }, 1],
])("a call that is aborted while it %s rejects with the caller's reason", async (_case, options, sent) => {
  await expectAborted((signal) => callThings({ token, ...options }, "GET", { signal }));
  await new Promise(setImmediate);
  expect(options.fetch).toHaveBeenCalledTimes(sent);
});

test("credentials.create that is aborted rejects with the caller's reason", async () => {
  const { credentials } = createRolloutClient({ token, fetch: hanging });
  await expectAborted((signal) => credentials.create({ appKey: "follow-up-boss", userInputs: {} }, { signal }));
});

test("with a signal that was aborted before, no token is asked for and nothing is sent", async () => {
  const fetch = vi.fn(hanging);
  const getToken = vi.fn(() => token);
  const signal = AbortSignal.abort(reason);
  await expect(callThings({ token: getToken, fetch }, "GET", { signal })).rejects.toBe(reason);
  expect(getToken).not.toHaveBeenCalled();
  expect(fetch).not.toHaveBeenCalled();
  expect(listenersOf(signal)).toBe(0);
});

test.each(["a string", null, 0, new RolloutConfigError("mine", "is odd")])("any reason is kept: %o", async (odd) => {
  const signal = AbortSignal.abort(odd);
  await expect(callThings({ token, fetch: hanging }, "GET", { signal })).rejects.toBe(odd);
  await expectAborted((signal) => callThings({ token, fetch: hanging }, "GET", { signal }), odd);
});

test("without a reason of the caller's, a call rejects with the platform's AbortError", async () => {
  const controller = new AbortController();
  const call = callThings({ token, fetch: hanging }, "GET", { signal: controller.signal });
  controller.abort();
  await expect(call).rejects.toSatisfy((thrown) => thrown === controller.signal.reason);
  expect(controller.signal.reason).toMatchObject({ name: "AbortError" });
});

describe("a signal that several calls share", () => {
  test("has one listener: from the eleventh on, Node would warn of a leak", async () => {
    await expectAborted(async (signal) => {
      const calls = Array.from({ length: 20 }, () => callThings({ token, fetch: hanging }, "GET", { signal }));
      const outcomes = await Promise.allSettled(calls);
      expect(outcomes).toEqual(calls.map(() => ({ status: "rejected", reason })));
      return calls[0];
    });
  });

  test("keeps its listener when one of the calls ends", async () => {
    await expectAborted(async (signal) => {
      const waiting = callThings({ token, fetch: hanging }, "GET", { signal });
      const ended = callThings({ token, fetch: async () => Response.json({}) }, "GET", { signal });
      await Promise.race([ended, waiting]);
      return waiting;
    });
  });
});

test("an onError middleware does not replace the caller's reason", async () => {
  const api = createRolloutApi<ThingPaths>({ baseUrl: "https://rollout.test/api", token, fetch: hanging });
  const onError = vi.fn(() => new Error("from the middleware"));
  api.use({ onError });
  await expectAborted((signal) => api.GET("/things", { signal }));
  expect(onError).toHaveBeenCalledTimes(1);
});
