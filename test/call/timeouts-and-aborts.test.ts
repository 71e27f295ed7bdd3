import { getEventListeners } from "node:events";
import { type FetchFunction, RolloutConfigError, RolloutNetworkError } from "rollout-client";
import { beforeEach, expect, test, vi } from "vitest";
import { deferred } from "../support/deferred.ts";
import { rejection } from "../support/rejection.ts";
import { hang, responseBytes, startSocketServer, write } from "../support/servers.ts";
import { callThings, type ThingOptions } from "../support/things.ts";
import { responding, thingsApi } from "../support/things-api.ts";

const token = "made-up";
const reason = new Error("the user went away");

/** Ignores every signal. */
const forever = () => new Promise<never>(() => {});
const hanging: FetchFunction = forever;
const refusing = async () => new Response("", { status: 429, headers: { "Retry-After": "60" } });
const stalled = (status: number) => async () => new Response(new ReadableStream(), { status });
const failing: FetchFunction = (_url, { signal }) =>
  new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("its own"))));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  const random = vi.spyOn(Math, "random").mockReturnValue(0);
  return () => {
    random.mockRestore();
    vi.useRealTimers();
  };
});

function listenersOf(signal: AbortSignal): number {
  return getEventListeners(signal, "abort").length;
}

/** Aborts a call while it waits, and checks that it rejects with the reason and leaves nothing behind. */
async function expectAborted(begin: (signal: AbortSignal) => Promise<unknown>, given: unknown = reason): Promise<void> {
  const controller = new AbortController();
  const rejected = expect(begin(controller.signal)).rejects.toBe(given);
  await new Promise(setImmediate);
  expect(listenersOf(controller.signal)).toBe(1);
  controller.abort(given);
  await rejected;
  expect(listenersOf(controller.signal)).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
}

test.each<[string, FetchFunction, Partial<ThingOptions>, number]>([
  ["waits for the token", hanging, { token: forever }, 0],
  ["waits for the response", hanging, {}, 1],
  ["waits for the response of a fetch that fails with an error of its own", failing, {}, 1],
  ["reads the body of a 200", stalled(200), {}, 1],
  ["reads the body of a 400", stalled(400), {}, 1],
  ["waits for the rate limiter", refusing, {}, 1],
  ["waits for a limiter that ignores the signal", hanging, { rateLimiter: { acquire: forever } }, 0],
  ["waits for a retry", refusing, { rateLimiter: false }, 1],
  ["waits for data", responding(409), { waitUntilReady: 60_000 }, 1],
])("a call that is aborted while it %s rejects with the caller's reason", async (_case, response, options, sent) => {
  const fetch = vi.fn(response);
  await expectAborted((signal) => callThings({ token, fetch, ...options }, "GET", { signal }));
  await new Promise(setImmediate);
  expect(fetch).toHaveBeenCalledTimes(sent);
});

test.each(["a string", null, 0, new RolloutConfigError("invalid_config", "mine", "is odd")])(
  "a call rejects with the caller's reason %o, and sends nothing if its signal was aborted before",
  async (odd) => {
    const [fetch, getToken] = [vi.fn(hanging), vi.fn(() => token)];
    const signal = AbortSignal.abort(odd);
    await expect(callThings({ token: getToken, fetch }, "GET", { signal })).rejects.toBe(odd);
    expect([getToken.mock.calls, fetch.mock.calls, listenersOf(signal)]).toEqual([[], [], 0]);
    await expectAborted((signal) => callThings({ token, fetch }, "GET", { signal }), odd);
  },
);

test("a signal that calls share has one listener, which stays when one of them ends", async () => {
  await expectAborted(async (signal) => {
    const calls = Array.from({ length: 20 }, () => callThings({ token, fetch: hanging }, "GET", { signal }));
    await callThings({ token, fetch: responding(200) }, "GET", { signal }).catch(() => {});
    expect(await Promise.allSettled(calls)).toEqual(calls.map(() => ({ status: "rejected", reason })));
    return calls[0];
  });
});

test("a call that settles after its timeout does not touch the listener that later calls share", async () => {
  const { signal } = new AbortController();
  const late = deferred<Response>();
  const first = callThings({ token, fetch: () => late.promise, timeout: 1 }, "POST", { signal });
  const timedOut = expect(first).rejects.toMatchObject({ code: "timeout" });
  await vi.advanceTimersByTimeAsync(1);
  await timedOut;
  const startAnother = async () => {
    callThings({ token, fetch: hanging }, "GET", { signal }).catch(() => {});
    await new Promise(setImmediate);
  };
  await startAnother();
  late.resolve(Response.json({}));
  await startAnother();
  expect(listenersOf(signal)).toBe(1);
});

test("an onError middleware does not replace the caller's reason", async () => {
  const onError = vi.fn(() => new Error("from the middleware"));
  const middleware = [{ onError }];
  await expectAborted((signal) => thingsApi({ fetch: hanging }).GET("/things", { signal, middleware }));
  expect(onError).toHaveBeenCalledTimes(1);
});

/** Makes a POST, and returns what it rejects with after its timeout, but not a millisecond before. */
async function timeOut(milliseconds: number, options: Partial<ThingOptions>, call = {}): Promise<RolloutNetworkError> {
  const settled = vi.fn();
  const error = rejection(callThings({ token, ...options }, "POST", call), RolloutNetworkError);
  void error.finally(settled);
  await vi.advanceTimersByTimeAsync(milliseconds - 1);
  expect(settled).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect((await error).code).toBe("timeout");
  return error;
}

test.each([
  ["two minutes by default", {}, {}, 120_000],
  ["that of the client", { timeout: 50 }, {}, 50],
  ["that of the call, before that of the client", { timeout: 5_000 }, { timeout: 70 }, 70],
])("the timeout is %s", async (_name, options, call, milliseconds) => {
  const fetch = vi.fn(hanging);
  const error = await timeOut(milliseconds, { fetch, ...options }, call);
  expect(error).toMatchObject({ attempts: 1, mayHaveSucceeded: true });
  expect(fetch.mock.calls[0]?.[1].signal.aborted).toBe(true);
});

test("the timeout holds for each attempt", async () => {
  const fetch = vi.fn(hanging);
  const error = rejection(callThings({ token, fetch, timeout: 100 }, "GET"), RolloutNetworkError);
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
  const late = deferred<string>();
  const error = await timeOut(100, { token: () => late.promise, fetch, timeout: 100 });
  expect(error).toMatchObject({ attempts: 0, mayHaveSucceeded: false });
  late.resolve(token);
  await vi.advanceTimersByTimeAsync(1);
  expect(fetch).not.toHaveBeenCalled();
});

test("the timeout covers the body to its last byte, however steadily it comes", async () => {
  const pull = async (stream: ReadableStreamDefaultController<Uint8Array>) => {
    await new Promise((resolve) => setTimeout(resolve, 10));
    stream.enqueue(Uint8Array.of(0x5b));
  };
  const { mayHaveSucceeded } = await timeOut(95, {
    fetch: async () => new Response(new ReadableStream({ pull })),
    timeout: 95,
  });
  expect(mayHaveSucceeded).toBe(true);
});

test.each([
  ["no response", hang],
  ["half a head", write(responseBytes(200, "{").subarray(0, 60))],
  ["half a body", write(responseBytes(200, "{", { "Content-Length": "9" }))],
])("a timeout closes the connection of a server that sends %s", async (_name, response) => {
  const server = await startSocketServer(response);
  const error = rejection(callThings({ baseUrl: server.url, token, timeout: 100 }, "POST"), RolloutNetworkError);
  await server.received(1);
  const closed = server.closed();
  await vi.advanceTimersByTimeAsync(100);
  expect(await error).toMatchObject({ code: "timeout" });
  await closed;
});

test.each<[string, FetchFunction]>([
  ["a success", responding(200)],
  ["a failure", responding(400)],
  ["a redirect", responding(302)],
  ["a fetch that throws", () => expect.fail("not a promise")],
  ["a body that breaks", async () => new Response(new ReadableStream({ pull: () => Promise.reject(new Error()) }))],
  ["a timeout", hanging],
  ["retries", responding(503, { "Retry-After": "0" })],
])("no timer and no abort listener is left behind after %s, by calls that share a signal", async (_name, fetch) => {
  const { signal } = new AbortController();
  // A timer that is left behind must not expire before it is counted.
  const timeout = fetch === hanging ? 1 : 1_000;
  const settled = Promise.allSettled(
    Array.from({ length: 9 }, () => callThings({ token, fetch, timeout }, "GET", { signal })),
  );
  // Three attempts. Before each retry, the rate limiter waits for a token.
  for (let attempt = 0; attempt < 3; attempt += 1) await vi.advanceTimersByTimeAsync(100);
  await settled;
  expect(vi.getTimerCount()).toBe(0);
  expect(listenersOf(signal)).toBe(0);
});
