import { createRolloutApi, type FetchFunction } from "rollout-client";
import { describe, expect, test, vi } from "vitest";
import { deferred } from "../support/deferred.ts";
import { callThings, methods, type ThingPaths, thing } from "../support/things.ts";

const baseUrl = "https://rollout.test/api";

/** A token source that returns `token-1`, `token-2`, … and records what it was asked for. */
function countingTokens() {
  const asked: boolean[] = [];
  return { asked, token: async ({ refresh }: { refresh: boolean }) => `token-${asked.push(refresh)}` };
}

/** A `fetch` that returns these statuses, the last of them from then on, and records what it sends. */
function fetchOf(...statuses: readonly number[]) {
  const sent: { token: string | null; body: unknown }[] = [];
  const fetch: FetchFunction = async (_url, { headers, body }) => {
    const status = statuses[sent.length] ?? statuses.at(-1) ?? 200;
    sent.push({ token: headers.get("authorization"), body });
    return Response.json({ id: "made-up" }, { status, headers: { "Retry-After": "0" } });
  };
  return { fetch, sent, tokens: () => sent.map(({ token }) => token) };
}

describe.each(methods)("a 401 to a %s", (method) => {
  test.each([
    ["by default", {}],
    ["with retry: false", { retry: false }],
    ["with a limit of 0", { retry: { limit: 0 } }],
  ] as const)("is retried once with a new token and the same body, %s", async (_name, retry) => {
    const { fetch, sent, tokens } = fetchOf(401, 200);
    const { asked, token } = countingTokens();
    await callThings({ fetch, token, ...retry }, method);
    expect(asked).toEqual([false, true]);
    expect(tokens()).toEqual(["Bearer token-1", "Bearer token-2"]);
    expect(sent[1]?.body).toBe(sent[0]?.body);
  });
});

test("a 401 to the new token fails", async () => {
  const { fetch, sent } = fetchOf(401);
  const { asked, token } = countingTokens();
  const failure = { code: "unauthorized", status: 401, attempts: 2, mayHaveSucceeded: false };
  await expect(callThings({ fetch, token }, "POST")).rejects.toMatchObject(failure);
  expect(asked).toEqual([false, true]);
  expect(sent).toHaveLength(2);
});

test("a 401 fails at once when the token is a string, which cannot change", async () => {
  const { fetch, sent } = fetchOf(401);
  const failure = { code: "unauthorized", attempts: 1 };
  await expect(callThings({ fetch, token: "made-up" }, "POST")).rejects.toMatchObject(failure);
  expect(sent).toHaveLength(1);
});

test("a refresh does not count as a retry, and happens once per call", async () => {
  const { fetch, tokens } = fetchOf(429, 401, 429, 200);
  const { asked, token } = countingTokens();
  await callThings({ fetch, token, retry: { limit: 2 } }, "POST");
  expect(asked).toEqual([false, false, true, false]);
  expect(tokens()).toEqual(["Bearer token-1", "Bearer token-2", "Bearer token-3", "Bearer token-4"]);
});

test("a second 401 is final, even after another failure in between", async () => {
  const { fetch } = fetchOf(401, 429, 401, 200);
  const { asked, token } = countingTokens();
  await expect(callThings({ fetch, token }, "POST")).rejects.toMatchObject({ status: 401, attempts: 3 });
  expect(asked).toEqual([false, true, false]);
});

test("calls that are rejected at the same time share one new token", async () => {
  const refreshed = deferred<string>();
  const token = vi.fn(({ refresh }: { refresh: boolean }) => (refresh ? refreshed.promise : "old"));
  const fetch = vi.fn<FetchFunction>(async (_url, { headers }) =>
    Response.json({}, { status: headers.get("authorization") === "Bearer new" ? 200 : 401 }),
  );
  const api = createRolloutApi<ThingPaths>({ baseUrl, token, fetch });
  const calls = Array.from({ length: 5 }, () => api.POST("/things", { body: thing }));
  await vi.waitFor(() => expect(token).toHaveBeenCalledTimes(6));
  refreshed.resolve("new");
  for (const { response } of await Promise.all(calls)) expect(response.status).toBe(200);
  expect(token.mock.calls.filter(([{ refresh }]) => refresh)).toHaveLength(1);
  expect(fetch).toHaveBeenCalledTimes(10);
});

test("a refresh that never settles is forgotten when the attempt that waits for it times out", async () => {
  const { fetch, tokens } = fetchOf(401, 401, 200);
  let refreshes = 0;
  const token = ({ refresh }: { refresh: boolean }) => {
    if (!refresh) return "made-up";
    refreshes += 1;
    return refreshes === 1 ? new Promise<string>(() => {}) : "new";
  };
  const api = createRolloutApi<ThingPaths>({ baseUrl, fetch, token, retry: false });
  await expect(api.GET("/things", { timeout: 50 })).rejects.toMatchObject({ code: "timeout", mayHaveSucceeded: false });
  await expect(api.GET("/things")).resolves.toHaveProperty("response.status", 200);
  expect(tokens()).toEqual(["Bearer made-up", "Bearer made-up", "Bearer new"]);
});
