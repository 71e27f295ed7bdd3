import { getEventListeners } from "node:events";
import { createRolloutClient, type FetchFunction, RolloutNetworkError } from "rollout-client";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { deferred } from "../support/deferred.ts";
import { rejection } from "../support/rejection.ts";
import { answerBytes, hang, startSocketServer, write } from "../support/socket-server.ts";
import { callThings, type Method } from "../support/things.ts";

/** A `fetch` that ignores its signal, and never settles. */
const hanging: FetchFunction = () => new Promise(() => {});

const input = { appKey: "gmail", userInputs: {} };

/** What the call rejects with after this time. */
async function timedOut(milliseconds: number, call: Promise<unknown>): Promise<RolloutNetworkError> {
  const error = rejection(call, RolloutNetworkError);
  await vi.advanceTimersByTimeAsync(milliseconds);
  return error;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  const random = vi.spyOn(Math, "random").mockReturnValue(0);
  return () => {
    random.mockRestore();
    vi.useRealTimers();
  };
});

describe("the timeout", () => {
  test("is two minutes by default", async () => {
    const settled = vi.fn();
    const { credentials } = createRolloutClient({ token: "made-up", fetch: hanging });
    const call = credentials.create(input).finally(settled);
    const error = rejection(call, RolloutNetworkError);
    await vi.advanceTimersByTimeAsync(119_999);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(await error).toMatchObject({ code: "timeout", attempts: 1, mayHaveSucceeded: true });
    expect((await error).message).toContain("within 120000 ms");
  });

  test.each([
    ["of the client", { timeout: 50 }, {}, 50],
    ["of the call, before that of the client", { timeout: 5_000 }, { timeout: 70 }, 70],
  ])("is that %s", async (_name, forClient, forCall, milliseconds) => {
    const { credentials } = createRolloutClient({ token: "made-up", fetch: hanging, ...forClient });
    const error = await timedOut(milliseconds, credentials.create(input, forCall));
    expect(error.message).toContain(`within ${milliseconds} ms`);
  });

  test("holds for each attempt", async () => {
    const fetch = vi.fn(hanging);
    const call = callThings({ token: "made-up", fetch, timeout: 100 }, "GET");
    const error = rejection(call, RolloutNetworkError);
    const counts: number[] = [];
    for (const step of [99, 1, 1, 99, 1, 1, 99, 1, 1, 500]) {
      await vi.advanceTimersByTimeAsync(step);
      counts.push(fetch.mock.calls.length);
    }
    expect(counts).toEqual([1, 1, 2, 2, 2, 3, 3, 3, 3, 3]);
    expect(await error).toMatchObject({ code: "timeout", attempts: 3 });
  });

  test("covers the wait for the token, when nothing has been sent", async () => {
    const fetch = vi.fn(hanging);
    const token = () => new Promise<string>(() => {});
    const error = await timedOut(100, callThings({ token, fetch, timeout: 100 }, "POST"));
    expect(error).toMatchObject({ code: "timeout", attempts: 0, mayHaveSucceeded: false });
    expect(fetch).not.toHaveBeenCalled();
  });

  test("covers the body to its last byte", async () => {
    const body = deferred<ReadableStreamDefaultController<Uint8Array>>();
    const cancel = vi.fn();
    const fetch = async () => new Response(new ReadableStream({ start: (stream) => body.resolve(stream), cancel }));
    const call = callThings({ token: "made-up", fetch, timeout: 100 }, "POST");
    const error = rejection(call, RolloutNetworkError);
    const stream = await body.promise;
    for (let count = 0; count < 9; count += 1) {
      await vi.advanceTimersByTimeAsync(10);
      stream.enqueue(new TextEncoder().encode("["));
    }
    await vi.advanceTimersByTimeAsync(10);
    expect(await error).toMatchObject({ code: "timeout", mayHaveSucceeded: true });
    expect(cancel).toHaveBeenCalledTimes(1);
  });

  test("aborts the signal of fetch", async () => {
    const fetch = vi.fn(hanging);
    await timedOut(100, callThings({ token: "made-up", fetch, timeout: 100 }, "POST"));
    expect(fetch.mock.calls[0]?.[1].signal.aborted).toBe(true);
  });

  test.each([
    ["no response", hang],
    ["half a head", write(answerBytes(200, "{").subarray(0, 60))],
    ["half a body", write(answerBytes(200, "{", { "Content-Length": "9" }))],
  ])("closes the connection of a server that sends %s", async (_name, answer) => {
    const server = await startSocketServer(answer);
    const call = callThings({ baseUrl: server.url, token: "made-up", timeout: 100 }, "POST");
    const error = rejection(call, RolloutNetworkError);
    await server.received(1);
    const closed = server.closed();
    await vi.advanceTimersByTimeAsync(100);
    expect(await error).toMatchObject({ code: "timeout" });
    await closed;
  });
});

describe("an attempt that timed out is over", () => {
  test("a token that comes too late sends nothing", async () => {
    const token = deferred<string>();
    const fetch = vi.fn(hanging);
    const error = await timedOut(100, callThings({ token: () => token.promise, fetch, timeout: 100 }, "POST"));
    token.resolve("made-up");
    await vi.advanceTimersByTimeAsync(1);
    expect(fetch).not.toHaveBeenCalled();
    expect(error.attempts).toBe(0);
  });

  test.each(["GET", "POST"] as Method[])(
    "a response to a %s that comes too late is cancelled unread",
    async (method) => {
      const late = deferred<Response>();
      const cancel = vi.fn();
      const pull = vi.fn();
      await timedOut(
        100,
        callThings({ token: "made-up", fetch: () => late.promise, timeout: 100, retry: false }, method),
      );
      late.resolve(new Response(new ReadableStream({ pull, cancel }, { highWaterMark: 0 })));
      await vi.advanceTimersByTimeAsync(1);
      expect(cancel).toHaveBeenCalledTimes(1);
      expect(pull).not.toHaveBeenCalled();
    },
  );
});

describe("no timer and no abort listener is left behind", () => {
  test.each<[string, FetchFunction]>([
    ["a success", async () => Response.json({})],
    ["a failure", async () => Response.json({}, { status: 400 })],
    ["a broken response", async () => new Response("{")],
    ["a redirect", async () => new Response(null, { status: 302 })],
    ["a network failure", () => Promise.reject(new TypeError("fetch failed"))],
    ["a fetch that throws", () => expect.fail("not a promise")],
    ["a body that breaks", async () => new Response(new ReadableStream({ pull: () => Promise.reject(new Error()) }))],
    ["a timeout", hanging],
    ["retries", async () => new Response("", { status: 503, headers: { "Retry-After": "0" } })],
  ])("after %s, by calls that share a signal", async (_name, fetch) => {
    const { signal } = new AbortController();
    // A timer that is left behind must not expire before it is counted.
    const timeout = fetch === hanging ? 1 : 1_000;
    const call = () => callThings({ token: "made-up", fetch, timeout }, "GET", { signal });
    const settled = Promise.allSettled(Array.from({ length: 9 }, call));
    // Three attempts. Before each retry, the rate limiter waits for a token.
    for (let attempt = 0; attempt < 3; attempt += 1) await vi.advanceTimersByTimeAsync(100);
    await settled;
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  test.each<[string, FetchFunction]>([
    ["a response", hanging],
    ["a retry", async () => new Response("", { status: 429, headers: { "Retry-After": "60" } })],
  ])("when the caller aborts while it waits for %s", async (_name, fetch) => {
    const controller = new AbortController();
    const call = callThings({ token: "made-up", fetch }, "GET", { signal: controller.signal });
    const aborted = expect(call).rejects.toBe("gone");
    await vi.advanceTimersByTimeAsync(1);
    expect(vi.getTimerCount()).toBe(1);
    controller.abort("gone");
    await aborted;
    expect(vi.getTimerCount()).toBe(0);
  });
});
