import { createRolloutApi, type RolloutApiOptions, RolloutConfigError, RolloutNetworkError } from "rollout-client";
import { afterEach, expect, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";
import { callThings, type ThingPaths, thing } from "../support/things.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

class SignedOut extends Error {
  override readonly name = "SignedOut";
}

interface Place {
  readonly name: string;
  /** How many requests the server gets. */
  readonly sent: number;
  readonly options?: (fail: () => never) => Partial<RolloutApiOptions>;
  readonly init?: (fail: () => never) => object;
  /** The status of the response; 0 for a lost connection. */
  readonly status?: number;
}

const places: Place[] = [
  { name: "a token function", sent: 0, options: (token) => ({ token }) },
  { name: "an asynchronous token function", sent: 0, options: (fail) => ({ token: async () => fail() }) },
  {
    name: "a token function that is asked to refresh",
    sent: 1,
    status: 401,
    options: (fail) => ({ token: ({ refresh }) => (refresh ? fail() : "made-up") }),
  },
  { name: "a rate limiter's acquire", sent: 0, options: (acquire) => ({ rateLimiter: { acquire } }) },
  {
    name: "a rate limiter's asynchronous acquire",
    sent: 0,
    options: (fail) => ({ rateLimiter: { acquire: async () => fail() } }),
  },
  { name: "a bodySerializer", sent: 0, init: (bodySerializer) => ({ bodySerializer }) },
  {
    name: "a querySerializer",
    sent: 0,
    init: (querySerializer) => ({ querySerializer, params: { query: { limit: 1 } } }),
  },
  { name: "a pathSerializer", sent: 0, init: (pathSerializer) => ({ pathSerializer, params: { path: { id: 1 } } }) },
  { name: "onRequest", sent: 0, init: (onRequest) => ({ middleware: [{ onRequest }] }) },
  { name: "onResponse", sent: 1, init: (onResponse) => ({ middleware: [{ onResponse }] }) },
  { name: "onError", sent: 1, status: 0, init: (onError) => ({ middleware: [{ onError }] }) },
];

const thrown: [string, unknown][] = [
  ["an error", new Error("signed out")],
  ["an error of a class of theirs", new SignedOut("signed out")],
  ["an error of this package", new RolloutConfigError("invalid_input", "session", "is over")],
  ["a string", "signed out"],
  ["null", null],
  ["undefined", undefined],
];

test.each(places.flatMap((place) => thrown.map(([what, reason]) => ({ ...place, what, reason }))))(
  "$what that $name throws reaches the caller unchanged and at once",
  async ({ sent, options, init, status = 200, reason }) => {
    const fetch = vi.fn(async () => {
      if (status === 0) throw new TypeError("fetch failed");
      return Response.json({}, { status });
    });
    const fail = () => {
      throw reason;
    };
    const settings = { baseUrl: "https://rollout.test/api", token: "made-up", fetch, ...options?.(fail) };
    const api = createRolloutApi<ThingPaths>(settings);
    await expect(Reflect.apply(api.POST, api, ["/things", { body: thing, ...init?.(fail) }])).rejects.toBe(reason);
    await expect(
      Reflect.apply(api.POST, api, ["/things", { body: thing, signal: new AbortController().signal, ...init?.(fail) }]),
    ).rejects.toBe(reason);
    expect(fetch).toHaveBeenCalledTimes(2 * sent);
  },
);

test.each([new Error("wrapped"), new SignedOut("wrapped")])(
  "%s that onError returns takes the place of the call's",
  async (replacement) => {
    const fetch = () => Promise.reject(new TypeError("fetch failed"));
    const api = createRolloutApi<ThingPaths>({ baseUrl: "https://rollout.test/api", token: "made-up", fetch });
    const onError = vi.fn(() => replacement);
    await expect(api.POST("/things", { body: thing, middleware: [{ onError }] })).rejects.toBe(replacement);
    expect(onError).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ error: expect.any(RolloutNetworkError) }),
    );
  },
);

/** An error by which Next.js steers rendering. */
const steering = Object.assign(new Error("NEXT_REDIRECT"), { digest: "NEXT_REDIRECT;replace;/sign-in;307;" });

test.each([true, false])(
  "an error of fetch is a network error, but one with a string as digest is not: option %s",
  async (isOption) => {
    const fetch = vi.fn();
    if (!isOption) vi.stubGlobal("fetch", fetch);
    const options = { token: "made-up", rateLimiter: false, ...(isOption && { fetch }) } as const;
    fetch.mockRejectedValue(steering);
    await expect(callThings(options, "GET")).rejects.toBe(steering);
    expect(fetch).toHaveBeenCalledTimes(1);
    for (const other of [new SignedOut(), Object.assign(new Error(), { digest: 1 }), { message: "odd" }, undefined]) {
      fetch.mockRejectedValue(other);
      const failure = await rejection(callThings({ ...options, retry: false }, "GET"), RolloutNetworkError);
      expect(failure).toMatchObject({ code: "network", attempts: 1, cause: expect.any(Error) });
    }
  },
);

test("an error with a digest that breaks the body of a response reaches the caller, too", async () => {
  const body = () => new ReadableStream({ pull: () => Promise.reject(steering) });
  const fetch = vi.fn(async () => new Response(body()));
  await expect(callThings({ token: "made-up", fetch }, "GET")).rejects.toBe(steering);
  expect(fetch).toHaveBeenCalledTimes(1);
});
