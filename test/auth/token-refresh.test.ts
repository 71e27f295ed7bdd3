import { createRolloutApi, type FetchFunction, RolloutNetworkError } from "rollout-client";
import { describe, expect, test, vi } from "vitest";
import { deferred } from "../support/deferred.ts";
import { answer, type ReceivedRequest, startSocketServer } from "../support/socket-server.ts";
import { bodyOf, callThings, methods, type ThingPaths, thing } from "../support/things.ts";

const unauthorized = answer(401, { errors: [{ message: "the token has expired" }] });
const tooMany = answer(429, { errors: [] }, { "Retry-After": "0" });
const success = answer(200);

/** A token source that returns `token-1`, `token-2`, … and records what it was asked for. */
function countingTokens() {
  const asked: boolean[] = [];
  return { asked, token: async ({ refresh }: { refresh: boolean }) => `token-${asked.push(refresh)}` };
}

function tokensOf(requests: readonly ReceivedRequest[]) {
  return requests.map(({ token }) => token);
}

describe.each(methods)("%s after a 401", (method) => {
  test.each([
    ["by default", {}],
    ["with retry: false", { retry: false }],
    ["with a limit of 0", { retry: { limit: 0 } }],
  ] as const)("is retried once with a new token, %s", async (_name, retry) => {
    const server = await startSocketServer(unauthorized, success);
    const { asked, token } = countingTokens();
    await callThings({ baseUrl: server.url, token, ...retry }, method);
    expect(asked).toEqual([false, true]);
    expect(tokensOf(server.requests)).toEqual(["token-1", "token-2"]);
    expect(server.requests.map(({ body }) => body)).toEqual([bodyOf(method), bodyOf(method)]);
  });

  test("fails when the new token is rejected too", async () => {
    const server = await startSocketServer(unauthorized);
    const { asked, token } = countingTokens();
    await expect(callThings({ baseUrl: server.url, token }, method)).rejects.toMatchObject({
      code: "unauthorized",
      status: 401,
      attempts: 2,
      mayHaveSucceeded: false,
    });
    expect(asked).toEqual([false, true]);
    expect(server.requests).toHaveLength(2);
  });

  test("fails at once when the token is a string, which cannot change", async () => {
    const server = await startSocketServer(unauthorized);
    await expect(callThings({ baseUrl: server.url, token: "made-up" }, method)).rejects.toMatchObject({
      code: "unauthorized",
      attempts: 1,
    });
    expect(server.requests).toHaveLength(1);
  });
});

test("a refresh does not count as a retry, and happens once per call", async () => {
  const server = await startSocketServer(tooMany, unauthorized, tooMany, success);
  const { asked, token } = countingTokens();
  await callThings({ baseUrl: server.url, token, retry: { limit: 2 } }, "POST");
  expect(asked).toEqual([false, false, true, false]);
  expect(tokensOf(server.requests)).toEqual(["token-1", "token-2", "token-3", "token-4"]);
});

test("a second 401 is final, even after another failure in between", async () => {
  const server = await startSocketServer(unauthorized, tooMany, unauthorized, success);
  const { asked, token } = countingTokens();
  await expect(callThings({ baseUrl: server.url, token }, "POST")).rejects.toMatchObject({ status: 401, attempts: 3 });
  expect(asked).toEqual([false, true, false]);
});

test("calls that are rejected at the same time share one new token", async () => {
  const refreshed = deferred<string>();
  const token = vi.fn(({ refresh }: { refresh: boolean }) => (refresh ? refreshed.promise : "old"));
  const fetch = vi.fn<FetchFunction>(async (_url, { headers }) =>
    Response.json({}, { status: headers.get("authorization") === "Bearer new" ? 200 : 401 }),
  );
  const api = createRolloutApi<ThingPaths>({ baseUrl: "https://rollout.test/api", token, fetch });
  const calls = Array.from({ length: 5 }, () => api.POST("/things", { body: thing }));
  await vi.waitFor(() => expect(token).toHaveBeenCalledTimes(6));
  refreshed.resolve("new");
  for (const { response } of await Promise.all(calls)) expect(response.status).toBe(200);
  expect(token.mock.calls.filter(([{ refresh }]) => refresh)).toHaveLength(1);
  expect(fetch).toHaveBeenCalledTimes(10);
});

test("a refresh that never settles is forgotten when the attempt that waits for it times out", async () => {
  const server = await startSocketServer(unauthorized, unauthorized, success);
  let refreshes = 0;
  const token = ({ refresh }: { refresh: boolean }) => {
    if (!refresh) return "made-up";
    refreshes += 1;
    return refreshes === 1 ? new Promise<string>(() => {}) : "new";
  };
  const api = createRolloutApi<ThingPaths>({ baseUrl: server.url, token, retry: false });
  await expect(api.GET("/things", { timeout: 50 })).rejects.toMatchObject({ code: "timeout", mayHaveSucceeded: false });
  await expect(api.GET("/things")).resolves.toHaveProperty("response.status", 200);
  expect(tokensOf(server.requests)).toEqual(["made-up", "made-up", "new"]);
});

test("an error of another call that a token function throws becomes the cause", async () => {
  const other = new RolloutNetworkError("timeout", "GET /token took too long", {
    method: "GET",
    path: "/token",
    attempts: 1,
    mayHaveSucceeded: true,
  });
  const api = createRolloutApi<ThingPaths>({
    baseUrl: "https://rollout.test/api",
    token: () => Promise.reject(other),
    fetch: async () => Response.json({}),
  });
  await expect(api.POST("/things", { body: thing })).rejects.toMatchObject({
    code: "invalid_config",
    option: "token",
    mayHaveSucceeded: false,
    cause: { message: other.message },
  });
});
