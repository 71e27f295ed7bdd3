import { createRolloutApi, RolloutApiError, RolloutConfigError } from "rollout-client";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { answer, startSocketServer, writeAndReset } from "../support/socket-server.ts";
import { bodyOf, callThings, type Method, type ThingPaths } from "../support/things.ts";

beforeEach(() => {
  const random = vi.spyOn(Math, "random").mockReturnValue(0);
  return () => random.mockRestore();
});

const tooMany = answer(429, { errors: [] }, { "Retry-After": "0" });

test("every attempt has the same body and the same headers, and the token of its own", async () => {
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

test.each<[string, Method]>([
  ["500", "GET"],
  ["429", "POST"],
  ["401", "POST"],
])("the body of a %s that is not used is cancelled", async (status, method) => {
  const cancel = vi.fn();
  const unread = () => new Response(new ReadableStream({ cancel }), { status: Number(status) });
  const fetch = vi.fn(async () => Response.json({}));
  fetch.mockResolvedValueOnce(unread());
  await callThings({ token: () => "made-up", fetch }, method);
  expect(fetch).toHaveBeenCalledTimes(2);
  expect(cancel).toHaveBeenCalledTimes(1);
});

test("a body that is not used and cannot be cancelled breaks nothing", async () => {
  const cancel = () => Promise.reject(new Error("not to be cancelled"));
  const fetch = vi.fn(async () => Response.json({}));
  fetch.mockResolvedValueOnce(new Response(new ReadableStream({ cancel }), { status: 500 }));
  await callThings({ token: "made-up", fetch }, "GET");
  expect(fetch).toHaveBeenCalledTimes(2);
  // The rejection of nobody's promise would end the process, and fails the run of these tests.
  await new Promise(setImmediate);
});

test.each([
  ["429", "POST", "61"],
  ["503", "POST", "61"],
  ["503", "GET", "100000000000000000000"],
  ["500", "GET", "Fri, 31 Dec 9999 23:59:59 GMT"],
] as const)("a %s to a %s that asks to wait %s, too long, is thrown at once", async (status, method, retryAfter) => {
  const server = await startSocketServer(answer(Number(status), {}, { "Retry-After": retryAfter }));
  const error = await callThings({ baseUrl: server.url, token: "made-up" }, method).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RolloutApiError);
  expect(error).toMatchObject({ status: Number(status), attempts: 1, retryAfter: expect.any(Number) });
  expect(error).toHaveProperty("message", expect.stringMatching(/asks to wait \d+ s/));
  expect(server.requests).toHaveLength(1);
});

describe("with timers of the test's own", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    return () => vi.useRealTimers();
  });

  test("what the server asks for is waited, not more and not less", async () => {
    const fetch = vi.fn(async () => Response.json({}));
    fetch.mockResolvedValueOnce(new Response("", { status: 429, headers: { "Retry-After": "60" } }));
    const call = callThings({ token: "made-up", fetch }, "POST");
    await vi.advanceTimersByTimeAsync(59_999);
    expect(fetch).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(fetch).toHaveBeenCalledTimes(2);
    await call;
  });

  test("the backoff is a part of half a second, then of a second", async () => {
    vi.mocked(Math.random).mockReturnValue(0.5);
    const fetch = vi.fn(async () => new Response("", { status: 500 }));
    const call = callThings({ token: "made-up", fetch }, "GET");
    const rejection = expect(call).rejects.toMatchObject({ status: 500, attempts: 3 });
    const counts: number[] = [];
    for (const step of [249, 1, 499, 1]) {
      await vi.advanceTimersByTimeAsync(step);
      counts.push(fetch.mock.calls.length);
    }
    expect(counts).toEqual([1, 2, 2, 3]);
    await rejection;
  });
});

describe("a write that was sent again", () => {
  test.each(["PUT", "DELETE"] as const)("%s may have succeeded the first time, whatever comes last", async (method) => {
    const server = await startSocketServer(writeAndReset(), answer(404, {}));
    await expect(callThings({ baseUrl: server.url, token: "made-up" }, method)).rejects.toMatchObject({
      code: "not_found",
      attempts: 2,
      mayHaveSucceeded: true,
    });
  });

  test.each([
    ["the token function fails", () => Promise.reject(new Error("no token"))],
    ["it gives none", () => ""],
    ["it fails with an error of ours", () => Promise.reject(new RolloutConfigError("token", "is not there"))],
  ])("PUT may have succeeded the first time, even where %s for the second", async (_case, second) => {
    const server = await startSocketServer(writeAndReset());
    let asked = 0;
    const token = () => {
      asked += 1;
      return asked === 1 ? "made-up" : second();
    };
    await expect(callThings({ baseUrl: server.url, token }, "PUT")).rejects.toMatchObject({
      code: "invalid_config",
      option: "token",
      mayHaveSucceeded: true,
    });
  });

  test.each<[Method, typeof tooMany]>([
    ["POST", tooMany],
    ["POST", answer(503, { errors: [] }, { "Retry-After": "0" })],
    ["PUT", tooMany],
    ["GET", answer(500, {})],
  ])("%s has not, when the server cannot have acted before", async (method, first) => {
    const server = await startSocketServer(first, answer(400, {}));
    await expect(callThings({ baseUrl: server.url, token: "made-up" }, method)).rejects.toMatchObject({
      code: "bad_request",
      attempts: 2,
      mayHaveSucceeded: false,
    });
  });
});

test.each([401, 429, 503])("a body that can be read once is sent once, whatever a %i allows", async (status) => {
  const fetch = vi.fn(async () => Response.json({ errors: [] }, { status, headers: { "Retry-After": "0" } }));
  const api = createRolloutApi<ThingPaths>({ token: () => "made-up", fetch });
  const { response } = await api.POST("/things", {
    body: new Blob(["once"]).stream(),
    bodySerializer: (stream) => stream,
    duplex: "half",
  });
  expect(response.status).toBe(status);
  expect(fetch).toHaveBeenCalledTimes(1);
});
