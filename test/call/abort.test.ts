import { getEventListeners } from "node:events";
import {
  createRolloutApi,
  createRolloutClient,
  type FetchFunction,
  type FetchInit,
  RolloutConfigError,
} from "rollout-client";
import { describe, expect, test, vi } from "vitest";
import { deferred } from "../support/deferred.ts";
import { answer, answerBytes, hang, startSocketServer, write } from "../support/socket-server.ts";
import { callThings, type ThingPaths } from "../support/things.ts";

const input = { appKey: "gmail", userInputs: {} };
const reason = new Error("the user went away");

/** A `fetch` that ignores its signal, and never settles. */
const hanging: FetchFunction = () => new Promise(() => {});

function listenersOf(signal: AbortSignal): number {
  return getEventListeners(signal, "abort").length;
}

/** Aborts a call that waits for its fetch, and checks that it rejects with the reason. */
async function expectAborted(begin: (signal: AbortSignal) => Promise<unknown>, given: unknown = reason): Promise<void> {
  const controller = new AbortController();
  const rejection = expect(begin(controller.signal)).rejects.toBe(given);
  await new Promise(setImmediate);
  controller.abort(given);
  await rejection;
  expect(listenersOf(controller.signal)).toBe(0);
}

const callers: [
  string,
  (options: Parameters<typeof createRolloutClient>[0], signal: AbortSignal) => Promise<unknown>,
][] = [
  ["credentials.create", (options, signal) => createRolloutClient(options).credentials.create(input, { signal })],
  ["api.GET", (options, signal) => callThings(options, "GET", { signal })],
];

describe.each(callers)("%s rejects with the caller's reason", (_name, call) => {
  test("when the signal was aborted before: no token is asked for, nothing is sent", async () => {
    const token = vi.fn(() => "made-up");
    const fetch = vi.fn(hanging);
    const signal = AbortSignal.abort(reason);
    await expect(call({ token, fetch }, signal)).rejects.toBe(reason);
    expect(token).not.toHaveBeenCalled();
    expect(fetch).not.toHaveBeenCalled();
    expect(listenersOf(signal)).toBe(0);
  });

  test("while it waits for the token: nothing is sent, even when the token comes", async () => {
    const token = deferred<string>();
    const fetch = vi.fn(hanging);
    const controller = new AbortController();
    const rejection = expect(call({ token: () => token.promise, fetch }, controller.signal)).rejects.toBe(reason);
    controller.abort(reason);
    await rejection;
    token.resolve("made-up");
    await new Promise(setImmediate);
    expect(fetch).not.toHaveBeenCalled();
    expect(listenersOf(controller.signal)).toBe(0);
  });

  test("while it waits for the response: the connection is closed", async () => {
    const server = await startSocketServer(hang);
    const controller = new AbortController();
    const rejection = expect(call({ baseUrl: server.url, token: "made-up" }, controller.signal)).rejects.toBe(reason);
    await server.received(1);
    const closed = server.closed();
    controller.abort(reason);
    await rejection;
    await closed;
    expect(server.requests).toHaveLength(1);
    expect(listenersOf(controller.signal)).toBe(0);
  });

  test.each([200, 400])("while it reads the body of a %i: the connection is closed", async (status) => {
    const server = await startSocketServer(write(answerBytes(status, "{", { "Content-Length": "9" })));
    const controller = new AbortController();
    const options = {
      baseUrl: server.url,
      token: "made-up",
      fetch: async (url: string, init: FetchInit) => {
        const response = await fetch(url, init);
        setImmediate(() => controller.abort(reason));
        return response;
      },
    };
    await expect(call(options, controller.signal)).rejects.toBe(reason);
    await server.closed();
    expect(server.requests).toHaveLength(1);
    expect(listenersOf(controller.signal)).toBe(0);
  });

  test("while it waits for a retry: nothing more is sent", async () => {
    const server = await startSocketServer(answer(429, {}, { "Retry-After": "60" }));
    const controller = new AbortController();
    const waiting = deferred();
    const logger = { debug: () => {}, warn: () => waiting.resolve() };
    const options = { baseUrl: server.url, token: "made-up", logger };
    const rejection = expect(call(options, controller.signal)).rejects.toBe(reason);
    await waiting.promise;
    await new Promise(setImmediate);
    expect(listenersOf(controller.signal)).toBe(1);
    controller.abort(reason);
    await rejection;
    expect(server.requests).toHaveLength(1);
    expect(listenersOf(controller.signal)).toBe(0);
  });

  test.each<[string, FetchFunction]>([
    ["ignores its signal", hanging],
    [
      "fails with an error of its own",
      (_url, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("its own")))),
    ],
  ])("from a fetch that %s", async (_case, fetch) => {
    await expectAborted((signal) => call({ token: "made-up", fetch }, signal));
  });

  const reasons: unknown[] = ["a string", null, 0, false, Symbol("reason"), new RolloutConfigError("mine", "is odd")];
  test.each(reasons)("whatever it is: %o", async (odd) => {
    const options = { token: "made-up", fetch: hanging };
    await expect(call(options, AbortSignal.abort(odd))).rejects.toBe(odd);
    await expectAborted((signal) => call(options, signal), odd);
  });

  test("or the platform's, when the caller gives none", async () => {
    const controller = new AbortController();
    const rejection = expect(call({ token: "made-up", fetch: hanging }, controller.signal)).rejects;
    const isAbortError = rejection.toSatisfy((thrown) => thrown === controller.signal.reason);
    await new Promise(setImmediate);
    controller.abort(undefined);
    await isAbortError;
    expect(controller.signal.reason).toMatchObject({ name: "AbortError" });
    await expect(call({ token: "made-up", fetch: hanging }, AbortSignal.timeout(1))).rejects.toMatchObject({
      name: "TimeoutError",
    });
  });
});

test("calls that share a signal share one listener: from the eleventh on, Node would warn of a leak", async () => {
  const controller = new AbortController();
  const calls = Array.from({ length: 20 }, () =>
    callThings({ token: "made-up", fetch: hanging }, "GET", { signal: controller.signal }),
  );
  const settled = Promise.allSettled(calls);
  await new Promise(setImmediate);
  expect(listenersOf(controller.signal)).toBe(1);
  controller.abort(reason);
  expect(await settled).toEqual(calls.map(() => ({ status: "rejected", reason })));
  expect(listenersOf(controller.signal)).toBe(0);
});

test("a call that ends leaves the listener to the calls that share its signal", async () => {
  await expectAborted(async (signal) => {
    const waiting = callThings({ token: "made-up", fetch: hanging }, "GET", { signal });
    await Promise.race([
      callThings({ token: "made-up", fetch: async () => Response.json({}) }, "GET", { signal }),
      waiting,
    ]);
    return waiting;
  });
});

test("an onError middleware does not replace the caller's reason", async () => {
  const api = createRolloutApi<ThingPaths>({ baseUrl: "https://rollout.test/api", token: "made-up", fetch: hanging });
  const onError = vi.fn(() => new Error("from the middleware"));
  api.use({ onError });
  await expectAborted((signal) => api.GET("/things", { signal }));
  expect(onError).toHaveBeenCalledTimes(1);
});

test("a signal that aborts after the call changes nothing", async () => {
  const controller = new AbortController();
  const fetch: FetchFunction = async () => Response.json({ id: "1" });
  const { credentials } = createRolloutClient({ token: "made-up", fetch });
  const credential = await credentials.create(input, { signal: controller.signal });
  controller.abort(reason);
  expect(credential).toEqual({ id: "1" });
});
