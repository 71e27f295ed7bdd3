import { inspect } from "node:util";
import {
  type CallRecord,
  createRolloutApi,
  createRolloutClient,
  type FetchFunction,
  RolloutConfigError,
} from "rollout-client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { closedPort, respond, startSocketServer, writeAndReset } from "../support/servers.ts";
import { callThings, type Method, type ThingOptions, type ThingPaths } from "../support/things.ts";

beforeEach(() => {
  vi.spyOn(Math, "random").mockReturnValue(0);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** The records of the calls that `make` makes, in the order of their ends. */
async function recordsOf(make: (onCall: (record: CallRecord) => void) => Promise<unknown>): Promise<CallRecord[]> {
  const records: CallRecord[] = [];
  await make((record) => void records.push(record)).catch(() => {});
  return records;
}

const stopped = { startedAt: expect.any(Date), duration: expect.any(Number), queued: expect.any(Number) };

test("the record of a success has the call, its response and no code", async () => {
  const server = await startSocketServer(respond(200, { id: "made-up" }, { "X-Request-Id": "request-1" }));
  const options = { baseUrl: server.url, token: "made-up", credentialId: "credential-1" };
  expect(await recordsOf((onCall) => callThings({ ...options, onCall }, "POST"))).toEqual([
    {
      ...stopped,
      method: "POST",
      path: "/things",
      origin: server.url,
      status: 200,
      attempts: 1,
      requestId: "request-1",
      credentialId: "credential-1",
    },
  ]);
});

const status = (code: number): FetchFunction => {
  const headers = { "Retry-After": "0", "X-Request-Id": "request-1" };
  return async () => Response.json({}, { status: code, headers });
};
const lost: FetchFunction = () => Promise.reject(new TypeError("fetch failed"));
const unsent: FetchFunction = () => {
  const cause = Object.assign(new Error(), { code: "ECONNREFUSED" });
  return Promise.reject(new TypeError("fetch failed", { cause }));
};
const abort = (reason: unknown = "gone") => {
  const controller = new AbortController();
  const fetch: FetchFunction = () => {
    controller.abort(reason);
    return new Promise(() => {});
  };
  return { fetch, signal: controller.signal };
};
const fail = () => Promise.reject(new Error("signed out"));
const answered = { requestId: "request-1" };

test.each<[string, Partial<ThingOptions> & { readonly signal?: AbortSignal }, Partial<CallRecord>]>([
  ["a 400", { fetch: status(400) }, { status: 400, code: "bad_request", attempts: 1, ...answered }],
  ["a 429", { fetch: status(429) }, { status: 429, code: "rate_limited", attempts: 3, ...answered }],
  [
    "a 500",
    { fetch: status(500) },
    { status: 500, code: "server_error", attempts: 1, mayHaveSucceeded: true, ...answered },
  ],
  ["a redirect", { fetch: status(302) }, { status: 302, code: "redirected", mayHaveSucceeded: true, ...answered }],
  ["a response that is not JSON", { fetch: async () => new Response("{") }, { status: 200, code: "invalid_response" }],
  ["a lost connection", { fetch: lost }, { code: "network", attempts: 1, mayHaveSucceeded: true }],
  ["a refused connection", { fetch: unsent }, { code: "network", attempts: 3 }],
  ["a timeout", { fetch: () => new Promise(() => {}), timeout: 1 }, { code: "timeout", mayHaveSucceeded: true }],
  ["a token that cannot be sent", { token: () => "two\nlines" }, { code: "invalid_config", attempts: 0 }],
  ["an abort after it was sent", abort(), { code: "aborted", mayHaveSucceeded: true }],
  ["an abort before", { signal: AbortSignal.abort("gone") }, { code: "aborted", attempts: 0 }],
  [
    "an error of the token function, after the server refused it",
    { fetch: status(401), token: ({ refresh }) => (refresh ? fail() : "made-up") },
    { code: "caller_error", status: 401, ...answered },
  ],
  ["an error of the token function", { token: fail }, { code: "caller_error", attempts: 0 }],
  ["an error of the rate limiter", { rateLimiter: { acquire: fail } }, { code: "caller_error", attempts: 0 }],
])("the record of a POST that ends with %s has a code", async (_case, { signal, ...options }, expected) => {
  const call = signal === undefined ? {} : { signal };
  const given = { token: "made-up", rateLimiter: false, ...options } as const;
  const [record, ...others] = await recordsOf((onCall) => callThings({ ...given, onCall }, "POST", call));
  expect(others).toEqual([]);
  expect(record).toMatchObject({ ...stopped, method: "POST", path: "/things", origin: "https://rollout.test" });
  const defaults = { mayHaveSucceeded: expected.code === "invalid_response", attempts: 1 };
  const { code, attempts, mayHaveSucceeded, status, requestId } = record ?? {};
  expect({ code, attempts, mayHaveSucceeded, status, requestId }).toEqual({
    status: undefined,
    requestId: undefined,
    ...defaults,
    ...expected,
  });
});

test("a call that is refused before anything is sent has a record, too", async () => {
  const { credentials, api } = createRolloutClient({ token: "made-up", onCall: (record) => records.push(record) });
  const records: CallRecord[] = [];
  await api.GET("/credentials", { timeout: -1 }).catch(() => {});
  await credentials.list().catch(() => {});
  expect(records[0]).toMatchObject({ method: "GET", path: "/credentials", code: "invalid_config", attempts: 0 });
});

test("the record has the status and the request id of the last response, and none of a lost one", async () => {
  const answer = respond(500, {}, { "X-Request-Id": "request-1" });
  const server = await startSocketServer(answer, writeAndReset(), answer, respond(404, {}));
  const retry = { limit: 1 };
  const records = await recordsOf(async (onCall) => {
    const options = { baseUrl: server.url, token: "made-up", retry, onCall };
    await callThings(options, "PUT").catch(() => {});
    await callThings(options, "PUT").catch(() => {});
  });
  expect(records).toMatchObject([
    { code: "network", attempts: 2, mayHaveSucceeded: true },
    { code: "not_found", status: 404, attempts: 2, mayHaveSucceeded: true },
  ]);
  for (const record of records) expect(record).not.toHaveProperty("requestId");
  expect(records[0]).not.toHaveProperty("status");
});

test("a refused connection leaves no status", async () => {
  const baseUrl = `http://127.0.0.1:${await closedPort()}`;
  const [record] = await recordsOf((onCall) => callThings({ baseUrl, token: "made-up", retry: false, onCall }, "GET"));
  expect(record).toMatchObject({ origin: baseUrl, code: "network", attempts: 1, mayHaveSucceeded: false });
  expect(record).not.toHaveProperty("status");
});

test("duration is the whole of a call, and queued its waits for the rate limiter", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
  const startedAt = new Date();
  const wait = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
  const acquire = () => wait(300);
  const token = () => wait(20).then(() => "made-up");
  let attempts = 0;
  const fetch = async () => {
    attempts += 1;
    await wait(1_000);
    return attempts > 1 ? Response.json({}) : Response.json({}, { status: 429, headers: { "Retry-After": "5" } });
  };
  const made = recordsOf((onCall) => callThings({ token, fetch, rateLimiter: { acquire }, onCall }, "POST"));
  await vi.advanceTimersByTimeAsync(10_000);
  const [record] = await made;
  expect(record).toMatchObject({ startedAt, attempts: 2, queued: 600, duration: 600 + 40 + 2_000 + 5_000 });
});

test("queued has the wait of a call that is aborted in the queue, and was never sent", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
  const controller = new AbortController();
  const rateLimiter = { acquire: () => new Promise<void>(() => {}) };
  const options = { token: "made-up", rateLimiter, fetch: fail };
  const made = recordsOf((onCall) => callThings({ ...options, onCall }, "POST", { signal: controller.signal }));
  await vi.advanceTimersByTimeAsync(400);
  controller.abort("gone");
  const [record] = await made;
  expect(record).toMatchObject({ code: "aborted", attempts: 0, queued: 400, duration: 400, mayHaveSucceeded: false });
});

test.each<[string, () => unknown]>([
  ["throws", () => expect.fail("the disk is full")],
  // An unhandled rejection fails the run of these tests.
  ["rejects", () => Promise.reject(new Error("the disk is full"))],
  ["never settles", () => new Promise(() => {})],
])("an onCall that %s changes nothing", async (_case, behave) => {
  let calls = 0;
  // Not a vi.fn, which would handle the rejection itself.
  const onCall = () => {
    calls += 1;
    return behave();
  };
  const fetch = vi.fn(async () => Response.json({ id: "made-up" })).mockResolvedValueOnce(new Response("{"));
  const options = { token: "made-up", fetch, onCall };
  await expect(callThings(options, "POST")).rejects.toMatchObject({ code: "invalid_response" });
  await expect(callThings(options, "POST")).resolves.toEqual({ id: "made-up" });
  await new Promise(setImmediate);
  expect(calls).toBe(2);
});

test("the record holds no secret, and no value of a parameter, a header or a body", async () => {
  const planted = "planted-value";
  const echoes = { "X-Echo": planted, "X-Request-Id": planted };
  const records: CallRecord[] = [];
  const api = createRolloutApi<Record<"/things/{id}", ThingPaths["/things"]>>({
    baseUrl: "https://rollout.test/api",
    token: planted,
    headers: { "X-Name": planted },
    fetch: async (_url, { method }) =>
      Response.json({ errorMessage: planted }, { status: method === "GET" ? 200 : 400, headers: echoes }),
    onCall: (record) => records.push(record),
  });
  const body = { userInputs: { password: planted } };
  // @ts-expect-error the document has no such parameters
  await api.POST("/things/{id}", { params: { path: { id: planted }, query: { search: planted } }, body });
  // @ts-expect-error as above
  await api.GET("/things/{id}", { params: { path: { id: planted } } });
  expect(records).toMatchObject([{ path: "/things/{id}", code: "bad_request" }, { requestId: "[redacted]" }]);
  expect(inspect(records, { depth: null, showHidden: true }) + JSON.stringify(records)).not.toContain(planted);
});

test("each operation has a record for each of its calls", async () => {
  const calls: string[] = [];
  const { credentials, connectors } = createRolloutClient({
    token: "made-up",
    fetch: async (_url, { method }) => Response.json(method === "POST" ? { id: "credential-1" } : []),
    onCall: ({ method, path, status }) => calls.push(`${method} ${path} ${status}`),
  });
  await credentials.create({ appKey: "gmail", userInputs: {} }, { confirm: true });
  await credentials.delete("credential-1");
  await connectors.list().catch(() => {});
  expect(calls).toEqual([
    "GET /credentials 200",
    "POST /credentials 200",
    "DELETE /credentials 200",
    "GET /connectors 200",
  ]);
});

const another = new RolloutConfigError("invalid_input", "userId", "is of another call");

test.each<[string, Partial<ThingOptions> & { readonly signal?: AbortSignal }, Method, Partial<CallRecord>]>([
  ["aborts it", abort(another), "POST", { code: "aborted", mayHaveSucceeded: true }],
  [
    "its token function throws after a 500",
    {
      fetch: status(500),
      token: vi
        .fn<() => string>(() => {
          throw another;
        })
        .mockReturnValueOnce("made-up"),
    },
    "PUT",
    { code: "invalid_input", mayHaveSucceeded: true },
  ],
])(
  "an error of another call that %s does not hide what the server may have done",
  async (_case, made, method, expected) => {
    const { signal, ...options } = made;
    const call = signal === undefined ? {} : { signal };
    const records = await recordsOf((onCall) => callThings({ token: "made-up", ...options, onCall }, method, call));
    expect(records).toMatchObject([expected]);
  },
);
