import { type RolloutApiOptions, RolloutConfigError, RolloutNetworkError } from "rollout-client";
import { afterEach, expect, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";
import { callThings, thing } from "../support/things.ts";
import { losing, responding, thingsApi } from "../support/things-api.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

class SignedOut extends Error {
  override readonly name = "SignedOut";
}

interface Place {
  readonly options?: Partial<RolloutApiOptions>;
  readonly init?: object;
  /** How many requests the server gets. */
  readonly sent?: number;
  /** The status of the response; 0 for a lost connection. */
  readonly status?: number;
}

type Fail = () => never;
const places: Readonly<Record<string, (fail: Fail) => Place>> = {
  // callers-parts.test.ts has the token function and the rate limiter.
  "a token function that is asked to refresh": (fail) => ({
    ...{ sent: 1, status: 401 },
    options: { token: ({ refresh }) => (refresh ? fail() : "made-up") },
  }),
  "a bodySerializer": (bodySerializer) => ({ init: { bodySerializer } }),
  "a querySerializer": (querySerializer) => ({ init: { querySerializer, params: { query: { limit: 1 } } } }),
  "a pathSerializer": (pathSerializer) => ({ init: { pathSerializer, params: { path: { id: 1 } } } }),
  onRequest: (onRequest) => ({ init: { middleware: [{ onRequest }] } }),
  onResponse: (onResponse) => ({ sent: 1, init: { middleware: [{ onResponse }] } }),
  onError: (onError) => ({ sent: 1, status: 0, init: { middleware: [{ onError }] } }),
};
const ours = new RolloutConfigError("invalid_input", "session", "is over");
const thrown = [new Error("signed out"), new SignedOut("signed out"), ours, "signed out", null, undefined];

test.each(Object.keys(places).flatMap((place) => thrown.map((reason) => ({ place, reason }))))(
  "$reason that $place throws reaches the caller unchanged and at once",
  async ({ place, reason }) => {
    const fail = () => {
      throw reason;
    };
    const { sent = 0, options, init, status = 200 } = places[place]?.(fail) ?? {};
    const fetch = vi.fn(status === 0 ? losing : responding(status));
    const api = thingsApi({ fetch, ...options });
    for (const signal of [undefined, new AbortController().signal]) {
      const call = Reflect.apply(api.POST, api, ["/things", { body: thing, signal, ...init }]);
      await expect(call).rejects.toBe(reason);
    }
    expect(fetch).toHaveBeenCalledTimes(2 * sent);
  },
);

/** An error by which Next.js steers rendering. */
const steering = Object.assign(new Error("NEXT_REDIRECT"), { digest: "NEXT_REDIRECT;replace;/sign-in;307;" });

test.each([true, false])(
  "an error of fetch is a network error, but one with a string as digest is not: option %s",
  async (isOption) => {
    const fetch = vi.fn();
    if (!isOption) vi.stubGlobal("fetch", fetch);
    const options = { token: "made-up", rateLimiter: false, retry: false, ...(isOption && { fetch }) } as const;
    fetch.mockRejectedValue(steering);
    await expect(callThings({ ...options, retry: {} }, "GET")).rejects.toBe(steering);
    expect(fetch).toHaveBeenCalledTimes(1);
    for (const other of [new SignedOut(), Object.assign(new Error(), { digest: 1 }), { message: "odd" }, undefined]) {
      fetch.mockRejectedValue(other);
      const failure = await rejection(callThings(options, "GET"), RolloutNetworkError);
      expect(failure).toMatchObject({ code: "network", attempts: 1, cause: expect.any(Error) });
    }
  },
);

test("an error with a digest that breaks the body of a response reaches the caller, too", async () => {
  const fetch = vi.fn(async () => new Response(new ReadableStream({ pull: () => Promise.reject(steering) })));
  await expect(callThings({ token: "made-up", fetch }, "GET")).rejects.toBe(steering);
  expect(fetch).toHaveBeenCalledTimes(1);
});
