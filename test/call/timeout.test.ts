import { getEventListeners } from "node:events";
import { type FetchFunction, RolloutNetworkError } from "rollout-client";
import { beforeEach, expect, test, vi } from "vitest";
import { deferred } from "../support/deferred.ts";
import { rejection } from "../support/rejection.ts";
import { hang, responseBytes, startSocketServer, write } from "../support/socket-server.ts";
import { callThings, type ThingCall, type ThingOptions } from "../support/things.ts";

/** A `fetch` that ignores its signal, and never settles. */
const hanging: FetchFunction = () => new Promise(() => {});

/** Makes a POST, and returns what it rejects with after this time, but not a millisecond before. */
async function timeOut(
  milliseconds: number,
  options: Partial<ThingOptions>,
  call: ThingCall = {},
): Promise<RolloutNetworkError> {
  const settled = vi.fn();
  const error = rejection(callThings({ token: "made-up", ...options }, "POST", call), RolloutNetworkError);
  void error.finally(settled);
  await vi.advanceTimersByTimeAsync(milliseconds - 1);
  expect(settled).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
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

test.each([
  ["two minutes by default", {}, {}, 120_000],
  ["that of the client", { timeout: 50 }, {}, 50],
  ["that of the call, before that of the client", { timeout: 5_000 }, { timeout: 70 }, 70],
])("the timeout is %s", async (_name, options, call, milliseconds) => {
  const fetch = vi.fn(hanging);
  const error = await timeOut(milliseconds, { fetch, ...options }, call);
  expect(error).toMatchObject({ code: "timeout", attempts: 1, mayHaveSucceeded: true });
  expect(error.message).toContain(`within ${milliseconds} ms`);
  expect(fetch.mock.calls[0]?.[1].signal.aborted).toBe(true);
});

test("the timeout holds for each attempt", async () => {
  const fetch = vi.fn(hanging);
  const error = rejection(callThings({ token: "made-up", fetch, timeout: 100 }, "GET"), RolloutNetworkError);
  const counts: number[] = [];
  for (const step of [99, 1, 1, 99, 1, 1, 99, 1, 1, 500]) {
    await vi.advanceTimersByTimeAsync(step);
    counts.push(fetch.mock.calls.length);
  }
  expect(counts).toEqual([1, 1, 2, 2, 2, 3, 3, 3, 3, 3]);
  expect(await error).toMatchObject({ code: "timeout", attempts: 3 });
});

test("the timeout covers the wait for the token, and a token that comes too late sends nothing", async () => {
  const fetch = vi.fn(hanging);
  const token = deferred<string>();
  const error = await timeOut(100, { token: () => token.promise, fetch, timeout: 100 });
  expect(error).toMatchObject({ code: "timeout", attempts: 0, mayHaveSucceeded: false });
  token.resolve("made-up");
  await vi.advanceTimersByTimeAsync(1);
  expect(fetch).not.toHaveBeenCalled();
});

test("the timeout covers the body to its last byte", async () => {
  const cancel = vi.fn();
  const chunk = new TextEncoder().encode("[");
  const pull = (stream: ReadableStreamDefaultController<Uint8Array>) =>
    new Promise<void>((resolve) => {
      setTimeout(() => resolve(stream.enqueue(chunk)), 10);
    });
  const fetch = async () => new Response(new ReadableStream({ pull, cancel }));
  const error = await timeOut(95, { fetch, timeout: 95 });
  expect(error).toMatchObject({ code: "timeout", mayHaveSucceeded: true });
  expect(cancel).toHaveBeenCalledTimes(1);
});

test("a response that comes too late is cancelled unread", async () => {
  const late = deferred<Response>();
  const [cancel, pull] = [vi.fn(), vi.fn()];
  await timeOut(100, { fetch: () => late.promise, timeout: 100 });
  late.resolve(new Response(new ReadableStream({ pull, cancel }, { highWaterMark: 0 })));
  await vi.advanceTimersByTimeAsync(1);
  expect(cancel).toHaveBeenCalledTimes(1);
  expect(pull).not.toHaveBeenCalled();
});

test.each([
  ["no response", hang],
  ["half a head", write(responseBytes(200, "{").subarray(0, 60))],
  ["half a body", write(responseBytes(200, "{", { "Content-Length": "9" }))],
])("a timeout closes the connection of a server that sends %s", async (_name, response) => {
  const server = await startSocketServer(response);
  const call = callThings({ baseUrl: server.url, token: "made-up", timeout: 100 }, "POST");
  const error = rejection(call, RolloutNetworkError);
  await server.received(1);
  const closed = server.closed();
  await vi.advanceTimersByTimeAsync(100);
  expect(await error).toMatchObject({ code: "timeout" });
  await closed;
});

test.each<[string, FetchFunction]>([
  ["a success", async () => Response.json({})],
  ["a failure", async () => Response.json({}, { status: 400 })],
  ["a redirect", async () => new Response(null, { status: 302 })],
  ["a fetch that throws", () => expect.fail("not a promise")],
  ["a body that breaks", async () => new Response(new ReadableStream({ pull: () => Promise.reject(new Error()) }))],
  ["a timeout", hanging],
  ["retries", async () => new Response("", { status: 503, headers: { "Retry-After": "0" } })],
])("no timer and no abort listener is left behind after %s, by calls that share a signal", async (_name, fetch) => {
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
