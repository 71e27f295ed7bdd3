import { createRolloutApi, type FetchFunction, RolloutApiError, RolloutConfigError } from "rollout-client";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";
import { answer, startSocketServer, writeAndReset } from "../support/socket-server.ts";
import { bodyOf, callThings, type Method, type ThingPaths } from "../support/things.ts";

beforeEach(() => {
  const random = vi.spyOn(Math, "random").mockReturnValue(0);
  return () => random.mockRestore();
});

const tooMany = answer(429, { errors: [] }, { "Retry-After": "0" });

function useFakeTimers(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
}

test("every attempt has the same body and headers, and a token of its own", async () => {
  const server = await startSocketServer(tooMany, tooMany, answer(401, {}), answer(200));
  let tokens = 0;
  const token = () => {
    tokens += 1;
    return `token-${tokens}`;
  };
  const headers = { "X-Trace": "abc", "X-Rollout-User-Agent": "mine" };
  await callThings({ baseUrl: server.url, token, headers, credentialId: "credential-1" }, "POST");
  const [first, ...others] = server.requests.map((request) => ({
    ...Object.fromEntries(request.headers),
    authorization: "",
    body: request.body,
  }));
  expect(first).toMatchObject({ "x-trace": "abc", "x-rollout-credential-id": "credential-1", body: bodyOf("POST") });
  expect(others).toEqual([first, first, first]);
  expect(server.requests.map((request) => request.token)).toEqual(["token-1", "token-2", "token-3", "token-4"]);
});

test.each<[number, Method]>([
  [500, "GET"],
  [429, "POST"],
  [401, "POST"],
])(
  "the body of a %i is read before a %s is retried, so that its connection can be used again",
  async (status, method) => {
    const body = new Response("no");
    const failed = new Response(body.body, { status });
    const fetch = vi.fn(async () => Response.json({})).mockResolvedValueOnce(failed);
    await callThings({ token: () => "made-up", fetch }, method);
    expect(failed.bodyUsed).toBe(true);
  },
);

test("a 500 whose body breaks is retried", async () => {
  const body = new ReadableStream({ pull: () => Promise.reject(new Error("broken")) });
  const fetch = vi.fn(async () => Response.json({})).mockResolvedValueOnce(new Response(body, { status: 500 }));
  await callThings({ token: () => "made-up", fetch }, "GET");
  expect(fetch).toHaveBeenCalledTimes(2);
});

test.each([
  ["429", "POST", "61"],
  ["503", "POST", "61"],
  ["503", "GET", "100000000000000000000"],
  ["500", "GET", "Fri, 31 Dec 9999 23:59:59 GMT"],
] as const)("a %s to a %s with Retry-After: %s, beyond maxDelay, is final", async (status, method, retryAfter) => {
  const server = await startSocketServer(answer(Number(status), {}, { "Retry-After": retryAfter }));
  const error = await rejection(callThings({ baseUrl: server.url, token: "made-up" }, method), RolloutApiError);
  expect(error).toMatchObject({ status: Number(status), attempts: 1, retryAfter: expect.any(Number) });
  expect(error.message).toMatch(/asks to wait \d+ s/);
  expect(server.requests).toHaveLength(1);
});

test.each([
  // The rate limiter pauses, and then its bucket fills at 35 requests per second.
  { name: "with the rate limiter, and up to a tenth longer", options: {}, longest: 66_000 + 1_000 / 35 + 1 },
  { name: "without one, and up to a quarter longer", options: { rateLimiter: false as const }, longest: 75_000 },
])("the wait that the server asks for is kept $name", async ({ options, longest }) => {
  useFakeTimers();
  for (const random of [0, 0.999]) {
    vi.mocked(Math.random).mockReturnValue(random);
    const fetch = vi.fn(async () => Response.json({}));
    fetch.mockResolvedValueOnce(new Response("", { status: 429, headers: { "Retry-After": "60" } }));
    const call = callThings({ token: "made-up", fetch, ...options }, "POST");
    await vi.advanceTimersByTimeAsync(59_999);
    expect(fetch).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(longest - 59_999);
    expect(fetch).toHaveBeenCalledTimes(2);
    await call;
  }
});

test("the backoff is a part of half a second, then of a second", async () => {
  useFakeTimers();
  vi.mocked(Math.random).mockReturnValue(0.5);
  const fetch = vi.fn(async () => new Response("", { status: 500 }));
  const error = rejection(callThings({ token: "made-up", fetch }, "GET"), RolloutApiError);
  const counts: number[] = [];
  for (const step of [249, 1, 499, 1]) {
    await vi.advanceTimersByTimeAsync(step);
    counts.push(fetch.mock.calls.length);
  }
  expect(counts).toEqual([1, 2, 2, 3]);
  expect(await error).toMatchObject({ status: 500, attempts: 3 });
});

describe("mayHaveSucceeded remembers earlier attempts:", () => {
  test.each<[Method, string, typeof tooMany, boolean]>([
    ["PUT", "a lost connection", writeAndReset(), true],
    ["DELETE", "a lost connection", writeAndReset(), true],
    ["PUT", "a 500", answer(500, {}), true],
    ["PUT", "a 429", tooMany, false],
    ["POST", "a 429", tooMany, false],
    ["POST", "a 503 with Retry-After", answer(503, {}, { "Retry-After": "0" }), false],
    ["GET", "a 500", answer(500, {}), false],
    ["GET", "a lost connection", writeAndReset(), false],
  ])("of a %s after %s and a 404", async (method, _case, first, mayHaveSucceeded) => {
    const server = await startSocketServer(first, answer(404, {}));
    const error = await rejection(callThings({ baseUrl: server.url, token: "made-up" }, method), RolloutApiError);
    expect(error).toMatchObject({ code: "not_found", attempts: 2, mayHaveSucceeded });
  });

  test.each([
    ["fails", () => Promise.reject(new Error("no token"))],
    ["returns an empty token", () => ""],
    ["fails with an error of this package", () => Promise.reject(new RolloutConfigError("token", "is not there"))],
  ])("of a PUT whose token function %s for the second attempt", async (_case, second) => {
    const server = await startSocketServer(writeAndReset());
    let asked = 0;
    const token = () => {
      asked += 1;
      return asked === 1 ? "made-up" : second();
    };
    const error = await rejection(callThings({ baseUrl: server.url, token }, "PUT"), RolloutConfigError);
    expect(error).toMatchObject({ option: "token", mayHaveSucceeded: true, cause: expect.any(Error) });
  });

  test("of a PUT whose init the platform refuses, and whose second attempt fails in a fetch that does not", async () => {
    const fetch = vi.fn<FetchFunction>(() => Promise.reject(new TypeError("fetch failed")));
    fetch.mockResolvedValueOnce(new Response("", { status: 500 }));
    const api = createRolloutApi<ThingPaths>({ baseUrl: "https://rollout.test/api", token: "made-up", fetch });
    const error = await rejection(api.PUT("/things", { cache: "only-if-cached" }), RolloutConfigError);
    expect(error).toMatchObject({ message: "request cannot be sent", mayHaveSucceeded: true });
  });
});
