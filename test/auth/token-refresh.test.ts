import {
  cachedToken,
  createRolloutApi,
  createTokenSigner,
  type FetchFunction,
  type TokenRequest,
  type TokenSource,
} from "rollout-client";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { deferred } from "../support/deferred.ts";
import { callThings, methods, type ThingOptions, type ThingPaths, thing } from "../support/things.ts";

// Ends what hangs. By default, Vitest waits for a second.
const PATIENCE = { timeout: 600_000 };

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

test.each<[string, number[], Partial<ThingOptions>, boolean[]]>([
  ["is retried once with a new token", [401, 200], {}, [false, true]],
  ["is retried with retry: false", [401, 200], { retry: false }, [false, true]],
  ["is no retry for the limit", [429, 401, 429, 200], { retry: { limit: 2 } }, [false, false, true, false]],
  ["is final the second time", [401], {}, [false, true]],
  ["is final the second time, also later", [401, 429, 401], {}, [false, true, false]],
])("a 401 %s, whatever the method: the server responds with %j", async (_case, statuses, options, refreshes) => {
  for (const method of methods) {
    const { fetch, sent, tokens } = fetchOf(...statuses);
    const { asked, token } = countingTokens();
    const call = callThings({ fetch, token, ...options }, method);
    const failure = { code: "unauthorized", status: 401, attempts: refreshes.length, mayHaveSucceeded: false };
    if (statuses.at(-1) === 401) await expect(call).rejects.toMatchObject(failure);
    else await call;
    expect(asked).toEqual(refreshes);
    expect(tokens()).toEqual(refreshes.map((_, index) => `Bearer token-${index + 1}`));
    for (const { body } of sent) expect(body).toBe(sent[0]?.body);
  }
});

test("a 401 fails at once when the token is a string, which cannot change", async () => {
  const { fetch, sent } = fetchOf(401);
  const failure = { code: "unauthorized", attempts: 1 };
  await expect(callThings({ fetch, token: "made-up" }, "POST")).rejects.toMatchObject(failure);
  expect(sent).toHaveLength(1);
});

/** A server that holds back so many requests, and then responds with 401 to their tokens, and with 200 to others. */
function holdingServer(count: number) {
  const held: (() => void)[] = [];
  const rejected = new Set<string | null>();
  const tokens: (string | null)[] = [];
  const fetch: FetchFunction = async (_url, { headers }) => {
    const token = headers.get("authorization");
    tokens.push(token);
    if (tokens.length <= count) {
      rejected.add(token);
      await new Promise<void>((resolve) => held.push(resolve));
    }
    return Response.json({}, { status: rejected.has(token) ? 401 : 200 });
  };
  return { fetch, held, tokens };
}

/** Token sources, each with the number of clients that may share its refreshes. */
const sources: [string, number, () => { readonly token: TokenSource; readonly refreshes: () => number }][] = [
  [
    "a function that returns the old token unless it is to refresh",
    1,
    () => {
      let count = 0;
      const token: TokenSource = ({ refresh }) => (refresh ? `token-${++count}` : "token-0");
      return { token, refreshes: () => count };
    },
  ],
  [
    "a function that returns another token each time",
    1,
    () => {
      const { asked, token } = countingTokens();
      return { token, refreshes: () => asked.filter(Boolean).length };
    },
  ],
  [
    "cachedToken",
    5,
    () => {
      const fetchToken = vi.fn(async () => `token-${fetchToken.mock.calls.length}`);
      return { token: cachedToken(fetchToken), refreshes: () => fetchToken.mock.calls.length - 1 };
    },
  ],
  [
    "signer.forUser",
    5,
    () => {
      const sign = vi.spyOn(crypto.subtle, "sign");
      onTestFinished(() => sign.mockRestore());
      const signer = createTokenSigner({ clientId: "client", clientSecret: "made-up secret" });
      return { token: signer.forUser("user"), refreshes: () => sign.mock.calls.length - 1 };
    },
  ],
];

describe.each(sources)("with %s,", (_name, clients, start) => {
  test.each(["at once", "one after another"])(
    "calls of all clients that get a 401 %s take one new token",
    async (order) => {
      const { fetch, held, tokens } = holdingServer(20);
      const { token, refreshes } = start();
      const calls = Array.from({ length: clients }, () => {
        const api = createRolloutApi<ThingPaths>({ baseUrl, token, fetch, rateLimiter: false });
        return Array.from({ length: 20 / clients }, () => api.POST("/things", { body: thing }));
      }).flat();
      await vi.waitFor(() => expect(held).toHaveLength(20), PATIENCE);
      for (const [index, respond] of held.entries()) {
        respond();
        if (order === "one after another") await calls[index];
      }
      for (const { response } of await Promise.all(calls)) expect(response.status).toBe(200);
      expect(refreshes()).toBe(1);
      expect(new Set(tokens.slice(20)).size).toBe(1);
    },
  );
});

test("clients that share any other function each ask it themselves: it may know another user then", async () => {
  const { fetch, held, tokens } = holdingServer(2);
  const users = ["ada", "ben"];
  let user = "";
  const token = ({ refresh }: TokenRequest) => `${user}-${refresh ? "new" : "old"}`;
  const calls: Promise<unknown>[] = [];
  for (const each of users) {
    user = each;
    calls.push(createRolloutApi<ThingPaths>({ baseUrl, token, fetch }).GET("/things"));
    await vi.waitFor(() => expect(held).toHaveLength(calls.length), PATIENCE);
  }
  for (const [index, each] of users.entries()) {
    user = each;
    held[index]?.();
    await calls[index];
  }
  expect(tokens).toEqual(["Bearer ada-old", "Bearer ben-old", "Bearer ada-new", "Bearer ben-new"]);
});

test("a call that got the old token during a refresh takes the new one of that refresh", async () => {
  const { fetch, held, tokens } = holdingServer(2);
  const refreshed = deferred<string>();
  const token = vi.fn(({ refresh }: TokenRequest) => (refresh ? refreshed.promise : "old"));
  const api = createRolloutApi<ThingPaths>({ baseUrl, token, fetch });
  const first = api.GET("/things");
  await vi.waitFor(() => expect(held).toHaveLength(1), PATIENCE);
  held[0]?.();
  await vi.waitFor(() => expect(token).toHaveBeenCalledTimes(2), PATIENCE);
  const second = api.GET("/things");
  await vi.waitFor(() => expect(held).toHaveLength(2), PATIENCE);
  refreshed.resolve("new");
  await first;
  held[1]?.();
  await second;
  expect(tokens).toEqual(["Bearer old", "Bearer old", "Bearer new", "Bearer new"]);
  expect(token.mock.calls).toEqual([false, true, false].map((refresh) => [{ refresh }]));
});

test("a call that waited for a refresh and then gets a 401 for its token refreshes again", async () => {
  const refreshed = deferred<string>();
  const token = vi.fn<(request: TokenRequest) => string | Promise<string>>(({ refresh }) =>
    refresh ? "new-2" : refreshed.promise,
  );
  token.mockReturnValueOnce("old").mockImplementationOnce(() => refreshed.promise);
  const tokens: string[] = [];
  const fetch: FetchFunction = async (_url, { method, headers }) => {
    tokens.push(`${method} ${headers.get("authorization")}`);
    const isRejected = tokens.at(-1) === "GET Bearer old" || tokens.at(-1) === "POST Bearer new-1";
    return Response.json({}, { status: isRejected ? 401 : 200 });
  };
  const api = createRolloutApi<ThingPaths>({ baseUrl, token, fetch });
  const first = api.GET("/things");
  await vi.waitFor(() => expect(token).toHaveBeenCalledTimes(2), PATIENCE);
  const second = api.POST("/things", { body: thing });
  await vi.waitFor(() => expect(token).toHaveBeenCalledTimes(3), PATIENCE);
  refreshed.resolve("new-1");
  for (const { response } of await Promise.all([first, second])) expect(response.status).toBe(200);
  expect(tokens.sort()).toEqual(["GET Bearer new-1", "GET Bearer old", "POST Bearer new-1", "POST Bearer new-2"]);
});

test("a later call whose token is rejected refreshes again, also if it is the same token as before", async () => {
  const { asked, token } = countingTokens();
  const fetch: FetchFunction = async (_url, { headers }) =>
    Response.json({}, { status: headers.get("authorization") === "Bearer old" ? 401 : 200 });
  const source = async (request: TokenRequest) => {
    const made = await token(request);
    return request.refresh ? made : "old";
  };
  const api = createRolloutApi<ThingPaths>({ baseUrl, token: source, fetch });
  for (let call = 0; call < 3; call += 1) await api.GET("/things");
  expect(asked).toEqual([false, true, false, true, false, true]);
});

test("calls do not wait longer than 3 s for a refresh of another call", async () => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const { fetch, tokens } = fetchOf(401, 401, 401, 200);
  let refreshes = 0;
  const token = ({ refresh }: TokenRequest) => {
    if (!refresh) return "old";
    refreshes += 1;
    return new Promise<string>((resolve) => {
      if (refreshes > 1) setTimeout(resolve, 10, "new");
    });
  };
  const api = createRolloutApi<ThingPaths>({ baseUrl, fetch, token, retry: false });
  const failure = { code: "timeout", mayHaveSucceeded: false };
  const first = expect(api.GET("/things", { timeout: 50 })).rejects.toMatchObject(failure);
  const others = [api.GET("/things"), api.GET("/things")];
  await vi.advanceTimersByTimeAsync(3_010);
  await first;
  for (const { response } of await Promise.all(others)) expect(response.status).toBe(200);
  expect(tokens()).toEqual([...Array(3).fill("Bearer old"), "Bearer new", "Bearer new"]);
  expect(refreshes).toBe(2);
  expect(vi.getTimerCount()).toBe(0);
});

test.each([
  ["a retry", [500]],
  ["a refresh", [500, 401]],
])("a token that cannot be used, at %s, does not hide that a PUT may have taken effect", async (_case, statuses) => {
  const { fetch, sent } = fetchOf(...statuses);
  const token = () => (sent.length < statuses.length ? "made-up" : "");
  await expect(callThings({ fetch, token }, "PUT")).rejects.toMatchObject({ option: "token", mayHaveSucceeded: true });
});
