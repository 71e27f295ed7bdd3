import { inspect } from "node:util";
import { type CallRecord, createRolloutApi, type FetchFunction, RolloutConfigError } from "rollout-client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { respond, startSocketServer, writeAndReset } from "../support/servers.ts";
import { callThings, type ThingOptions, type ThingPaths } from "../support/things.ts";
import { losing, responding, thingsApi } from "../support/things-api.ts";

const token = "made-up";

beforeEach(() => {
  vi.spyOn(Math, "random").mockReturnValue(0);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function simulateTime(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
}

/** A logger that records its lines, with durations replaced. Its methods need their own `this`, as those of many loggers. */
class RecordingLogger {
  readonly lines: string[] = [];
  debug(line: string): void {
    this.lines.push(`debug ${line.replace(/ \d+ ms/, " some ms")}`);
  }
  warn(line: string): void {
    this.lines.push(`warn ${line.replace(/ \d+ ms/, " some ms")}`);
  }
}

/** The records of the calls that `make` makes, in the order of their ends. */
async function recordsOf(make: (onCall: (record: CallRecord) => void) => Promise<unknown>): Promise<CallRecord[]> {
  const records: CallRecord[] = [];
  await make((record) => void records.push(record)).catch(() => {});
  return records;
}

const status = (code: number) => responding(code, { "Retry-After": "0", "X-Request-Id": "request-1" });
const failing = (code: string) =>
  new ReadableStream({ pull: () => Promise.reject(Object.assign(new Error(), { code })) });
const notGzip = async () => new Response(failing("Z_DATA_ERROR"));
const brokenError = async () => new Response(failing("ECONNRESET"), { status: 503 });
const unsent: FetchFunction = () => {
  const cause = Object.assign(new Error(), { code: "ECONNREFUSED" });
  return Promise.reject(new TypeError("fetch failed", { cause }));
};
const never = () => new Promise<never>(() => {});
const fail = () => Promise.reject(new Error("signed out"));
const ofAnotherCall = new RolloutConfigError("invalid_input", "userId", "is of another call");
const abort = (reason: unknown) => {
  const controller = new AbortController();
  const fetch: FetchFunction = () => {
    controller.abort(reason);
    return never();
  };
  return { fetch, signal: controller.signal };
};
type Options = Partial<ThingOptions> & { readonly signal?: AbortSignal };
const answered = { requestId: "request-1" };
const acted = { mayHaveSucceeded: true };
const unreadable = { code: "invalid_response", ...acted } as const;

test.each<[string, Options, Partial<CallRecord>, string?]>([
  ["a success", { fetch: status(200) }, { status: 200, ...answered }, "debug 200"],
  ["a 400", { fetch: status(400) }, { status: 400, code: "bad_request", ...answered }, "warn 400"],
  ["a 429", { fetch: status(429) }, { status: 429, code: "rate_limited", attempts: 3, ...answered }, "warn 429"],
  ["a 500", { fetch: status(500) }, { status: 500, code: "server_error", ...acted, ...answered }, "warn 500"],
  ["a redirect", { fetch: status(302) }, { status: 302, code: "redirected", ...acted, ...answered }, "warn redirected"],
  ["no JSON", { fetch: async () => new Response("{") }, { status: 200, ...unreadable }, "debug 200"],
  ["no gzip", { fetch: notGzip }, { status: 200, ...unreadable }, "warn invalid_response"],
  ["a broken error", { fetch: brokenError }, { status: 503, code: "server_error", ...acted }, "warn 503"],
  ["a timeout", { fetch: never, timeout: 1 }, { code: "timeout", ...acted }, "warn timeout"],
  ["a lost connection", { fetch: losing }, { code: "network", ...acted }, "warn network"],
  ["a refused connection", { fetch: unsent }, { code: "network", attempts: 3 }, "warn network"],
  ["no Response", { fetch: async () => Object.create(null) }, { code: "network", ...acted }, "warn network"],
  ["a token that cannot be sent", { token: () => "two\nlines" }, { code: "invalid_config", attempts: 0 }],
  ["an abort after it was sent", abort("gone"), { code: "aborted", ...acted }],
  ["an abort by the error of another call", abort(ofAnotherCall), { code: "aborted", ...acted }],
  ["an abort before", { signal: AbortSignal.abort("gone") }, { code: "aborted", attempts: 0 }],
  ["an error of the token function", { token: fail }, { code: "caller_error", attempts: 0 }],
  ["an error of the rate limiter", { rateLimiter: { acquire: fail } }, { code: "caller_error", attempts: 0 }],
])("the record of a POST says that it ended with %s, and so does its log", async (_case, made, expected, logged) => {
  const { signal, ...options } = made;
  const logger = new RecordingLogger();
  const given = { token, rateLimiter: false, logger, ...options } as const;
  const call = signal === undefined ? {} : { signal };
  const [record, ...others] = await recordsOf((onCall) => callThings({ ...given, onCall }, "POST", call));
  expect(others).toEqual([]);
  expect(record).toMatchObject({ method: "POST", path: "/things", origin: "https://rollout.test" });
  const { code, attempts, mayHaveSucceeded, status, requestId } = record ?? {};
  expect({ code, attempts, mayHaveSucceeded, status, requestId }).toEqual({
    ...{ code: undefined, attempts: 1, status: undefined, requestId: undefined },
    mayHaveSucceeded: expected.code && false,
    ...expected,
  });
  const [level, result] = logged?.split(" ") ?? [];
  expect(logger.lines.at(-1)).toBe(level && `${level} POST /things ${result}, attempt ${attempts}, some ms`);
  expect(logger.lines).toHaveLength(logged === undefined ? 0 : (attempts ?? 0));
});

test.each<[string, number, unknown, Partial<CallRecord>]>([
  ["a 401", 401, new Error("signed out"), { code: "caller_error", ...answered }],
  ["a 500 to a PUT", 500, ofAnotherCall, { code: "invalid_input", ...acted }],
])("the record says what was known after %s, when the token function throws", async (_case, code, thrown, expected) => {
  const getToken = vi.fn<() => Promise<string>>().mockRejectedValue(thrown).mockResolvedValueOnce(token);
  const records = await recordsOf((onCall) => callThings({ token: getToken, fetch: status(code), onCall }, "PUT"));
  expect(records).toMatchObject([{ status: code, attempts: 1, ...expected }]);
});

test("the record of a success has the call, its response and nothing else", async () => {
  const options = { fetch: status(200), token, credentialId: "credential-1" };
  const [record] = await recordsOf((onCall) => callThings({ ...options, onCall }, "POST"));
  expect(record).toEqual({
    ...{ startedAt: expect.any(Date), duration: expect.any(Number), queued: expect.any(Number) },
    ...{ method: "POST", path: "/things", origin: "https://rollout.test", status: 200, attempts: 1 },
    ...{ requestId: "request-1", credentialId: "credential-1" },
  });
});

test("the record of a success whose onResponse throws says that the server acted", async () => {
  const init = { body: {}, middleware: [{ onResponse: fail }] };
  const records = await recordsOf((onCall) => thingsApi({ fetch: status(200), onCall }).POST("/things", init));
  expect(records).toMatchObject([{ status: 200, code: "caller_error", ...acted }]);
});

test("the record has the status and the request id of the last response, and none of a lost one", async () => {
  const answer = respond(500, {}, { "X-Request-Id": "request-1" });
  const server = await startSocketServer(answer, writeAndReset(), answer, respond(404, {}));
  const records = await recordsOf(async (onCall) => {
    const options = { baseUrl: server.url, token, retry: { limit: 1 }, onCall };
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

test("duration is the whole of a call, and queued its waits for the rate limiter", async () => {
  simulateTime();
  const startedAt = new Date();
  const wait = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
  const acquire = () => wait(300);
  const getToken = () => wait(20).then(() => token);
  const statuses = [429, 200];
  const fetch = () => wait(1_000).then(() => responding(statuses.shift() ?? 0, { "Retry-After": "5" })("", {}));
  // Only the waits for the rate limiter exceed it.
  const options = { token: getToken, fetch, rateLimiter: { acquire }, timeout: 1_100 };
  const made = recordsOf((onCall) => callThings({ ...options, onCall }, "POST"));
  await vi.advanceTimersByTimeAsync(10_000);
  const [record] = await made;
  expect(record).toMatchObject({ startedAt, attempts: 2, queued: 600, duration: 600 + 40 + 2_000 + 5_000 });
});

test("queued has the wait of a call that is aborted in the queue, and was never sent", async () => {
  simulateTime();
  const controller = new AbortController();
  const options = { token, rateLimiter: { acquire: never }, fetch: fail };
  const made = recordsOf((onCall) => callThings({ ...options, onCall }, "POST", { signal: controller.signal }));
  await vi.advanceTimersByTimeAsync(400);
  controller.abort("gone");
  const [record] = await made;
  expect(record).toMatchObject({ code: "aborted", attempts: 0, queued: 400, duration: 400, mayHaveSucceeded: false });
});

test("each attempt has a log line, with its duration and the wait before the next", async () => {
  simulateTime();
  const logger = new RecordingLogger();
  const warn = vi.spyOn(logger, "warn");
  const fetch = vi.fn<FetchFunction>(async () => Response.json({}));
  fetch.mockImplementationOnce(async () => {
    vi.advanceTimersByTime(234.6);
    return new Response("", { status: 429, headers: { "Retry-After": "7" } });
  });
  fetch.mockImplementationOnce(never);
  const call = callThings({ token, fetch, logger, rateLimiter: false, timeout: 900 }, "GET");
  await vi.advanceTimersByTimeAsync(8_000);
  await call;
  expect(warn.mock.calls.flat()).toEqual([
    "GET /things 429, attempt 1, 235 ms, retry in 7000 ms",
    "GET /things timeout, attempt 2, 900 ms, retry in 0 ms",
  ]);
});

test("the log of a call that waits for the rate limiter names no wait of its own", async () => {
  simulateTime();
  const logger = new RecordingLogger();
  const fetch = status(200).mockImplementationOnce(status(429));
  const call = callThings({ token, fetch, logger }, "POST");
  await vi.advanceTimersByTimeAsync(1_000);
  await call;
  expect(logger.lines.filter((line) => line.includes("POST"))).toEqual([
    "warn POST /things 429, attempt 1, some ms, retry as the rate limiter allows",
    "debug POST /things 200, attempt 2, some ms",
  ]);
});

test("nothing is logged by default", async () => {
  const written = (["debug", "log", "info", "warn", "error"] as const).map((method) => vi.spyOn(console, method));
  const output = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, "write"));
  await callThings({ token, fetch: status(429), rateLimiter: false }, "GET").catch(() => {});
  const calls = [...written, ...output].map((spy) => spy.mock.calls.length);
  vi.restoreAllMocks();
  expect(calls).toEqual([0, 0, 0, 0, 0, 0, 0]);
});

test("neither a record nor a log line holds a secret, or a value of a parameter, a header or a body", async () => {
  const planted = "planted-value";
  const echoes = { "X-Echo": planted, "X-Request-Id": planted };
  const records: CallRecord[] = [];
  const logger = new RecordingLogger();
  const api = createRolloutApi<Record<"/things/{id}", ThingPaths["/things"]>>({
    ...{ baseUrl: "https://rollout.test/api", token: planted, headers: { "X-Name": planted }, logger },
    fetch: async (_url, { method }) =>
      Response.json({ errorMessage: planted }, { status: method === "GET" ? 200 : 400, headers: echoes }),
    onCall: (record) => records.push(record),
  });
  const init: object = { params: { path: { id: planted }, query: { search: planted } } };
  await api.POST("/things/{id}", { ...init, body: { userInputs: { password: planted } } });
  await api.GET("/things/{id}", init);
  expect(records).toMatchObject([{ path: "/things/{id}", code: "bad_request" }, { requestId: "[redacted]" }]);
  expect(logger.lines).toHaveLength(2);
  const shown = inspect([records, logger.lines], { depth: null, showHidden: true }) + JSON.stringify(records);
  expect(shown).not.toContain(planted);
});
