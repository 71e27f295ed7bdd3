import {
  createRolloutClient,
  type FetchFunction,
  type RetryOptions,
  RolloutApiError,
  RolloutConfigError,
  type RolloutErrorCode,
} from "rollout-client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";
import {
  closedPort,
  type Responder,
  respond,
  responseBytes,
  startSocketServer,
  write,
  writeAndClose,
  writeAndReset,
} from "../support/servers.ts";
import { makeAtOnce, simulateTimeAndChance } from "../support/simulation.ts";
import { bodyOf, callThings, type Method, methods, type ThingOptions } from "../support/things.ts";
import { losing, responding, thingsApi } from "../support/things-api.ts";

const token = "made-up";

// With 0, full jitter makes each backoff 0.
beforeEach(() => {
  vi.spyOn(Math, "random").mockReturnValue(0);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

const half = responseBytes(200, '{"id":"made-up"}').subarray(0, -4);
const IN_THE_PAST = new Date(0).toUTCString();
const isRetried = {
  "no method is": (_method: Method) => false,
  "idempotent methods are": (method: Method) => !/^P(?:OST|ATCH)$/.test(method),
  "every method is": (_method: Method) => true,
};

test.each<[keyof typeof isRetried, string, Responder, RolloutErrorCode]>([
  ["no method is", "a 409", respond(409, {}), "conflict"],
  ["idempotent methods are", "a 500", respond(500, {}, { "Retry-After": "0" }), "server_error"],
  ["idempotent methods are", "a 503 that says soon", respond(503, {}, { "Retry-After": "soon" }), "server_error"],
  ["every method is", "a 503 with a date", respond(503, {}, { "Retry-After": IN_THE_PAST }), "server_error"],
  ["every method is", "a 429", respond(429, {}), "rate_limited"],
  ["idempotent methods are", "a reset before the headers", writeAndReset(), "network"],
  ["idempotent methods are", "a close before the headers", writeAndClose(""), "network"],
  ["idempotent methods are", "a reset within the headers", writeAndReset(half.subarray(0, 30)), "network"],
  ["idempotent methods are", "a close within the headers", writeAndClose(half.subarray(0, 30)), "network"],
  ["idempotent methods are", "a reset within the body", writeAndReset(half), "network"],
  ["idempotent methods are", "a close within the body", writeAndClose(half), "network"],
  ["idempotent methods are", "a response that is not HTTP", write("SSH-2.0-OpenSSH_9.2\r\n"), "network"],
])("%s retried after %s, each time with the body and a token of its own", async (retried, name, response, code) => {
  // The response to a HEAD has no body that could break.
  for (const method of methods.filter((method) => method !== "HEAD" || !name.endsWith("within the body"))) {
    const server = await startSocketServer(response);
    const asked: boolean[] = [];
    const getToken = ({ refresh }: { refresh: boolean }) => `token-${asked.push(refresh)}`;
    const attempts = isRetried[retried](method) ? 3 : 1;
    const call = callThings({ baseUrl: server.url, token: getToken, rateLimiter: false }, method);
    const mayHaveSucceeded = code === "server_error" || code === "network";
    await expect(call, method).rejects.toMatchObject({ code, attempts, mayHaveSucceeded });
    expect(server.requests.map((request) => [request.method, request.body, request.token])).toEqual(
      asked.map((_, index) => [method, bodyOf(method), `token-${index + 1}`]),
    );
    expect(asked).toEqual(Array(attempts).fill(false));
  }
});

const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);
const statuses = [...range(400, 431), 451, 499, ...range(500, 530), 599];
const transient = [408, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529];

test.each([
  ["without Retry-After", {}, [429]],
  ["with Retry-After: 0", { "Retry-After": "0" }, [429, 503]],
])("of the statuses %s, those of gateways and limits are retried, by method", async (_case, headers, throttled) => {
  for (const method of ["GET", "HEAD", "PUT", "POST"] as const) {
    const retried = method === "POST" ? throttled : [...transient, ...throttled];
    const unclear = method === "PUT" || method === "POST" ? [408, 499] : [];
    for (const status of statuses) {
      const call = callThings({ token, fetch: responding(status, headers), rateLimiter: false }, method);
      const { attempts, mayHaveSucceeded } = await rejection(call, RolloutApiError);
      expect({ method, status, attempts, mayHaveSucceeded }).toEqual({
        method,
        status,
        attempts: retried.includes(status) ? 3 : 1,
        mayHaveSucceeded: status >= 500 || unclear.includes(status),
      });
    }
  }
});

test("every method is retried after a refused connection", async () => {
  const baseUrl = `http://127.0.0.1:${await closedPort()}`;
  for (const method of methods) {
    const call = callThings({ baseUrl, token }, method);
    await expect(call).rejects.toMatchObject({ code: "network", attempts: 3, mayHaveSucceeded: false });
  }
});

test.each<[number, string, RetryOptions | undefined, RetryOptions | undefined]>([
  [2, "by default", undefined, undefined],
  [0, "with retry: false", false, undefined],
  [0, "with a limit of 0", { limit: 0 }, undefined],
  [1, "with a limit of 1", { limit: 1 }, undefined],
  [0, "with retry: false for the call alone", undefined, false],
  [1, "with a limit of 1 for the call alone", false, { limit: 1 }],
  [1, "with the client's limit of 1, for a call that sets maxDelay", { limit: 1 }, { maxDelay: 9 }],
])("a POST is retried %i times %s", async (retries, _case, retry, ofCall) => {
  const fetch = responding(429, { "Retry-After": "0" });
  const failed = callThings({ token, fetch, retry }, "POST", ofCall === undefined ? {} : { retry: ofCall });
  await expect(failed).rejects.toMatchObject({ attempts: 1 + retries });
  expect(fetch).toHaveBeenCalledTimes(1 + retries);
});

test("every attempt has the same body and headers, also after a 401", async () => {
  const tooMany = respond(429, {}, { "Retry-After": "0" });
  const server = await startSocketServer(tooMany, tooMany, respond(401, {}), respond(200));
  const headers = { "X-Trace": "abc", "X-Rollout-User-Agent": "mine" };
  await callThings({ baseUrl: server.url, token: () => token, headers, credentialId: "credential-1" }, "POST");
  const [first, ...others] = server.requests.map(({ headers, body }) => ({ ...Object.fromEntries(headers), body }));
  expect(first).toMatchObject({ "x-trace": "abc", "x-rollout-credential-id": "credential-1", body: bodyOf("POST") });
  expect(others).toEqual([first, first, first]);
});

test.each<[number, Method]>([
  [500, "GET"],
  [401, "POST"],
])("the body of a %i is read before a %s is retried, so that its connection is used again", async (status, method) => {
  const failed = new Response("no", { status });
  const fetch = responding(200).mockResolvedValueOnce(failed);
  await callThings({ token: () => token, fetch }, method);
  expect(failed.bodyUsed).toBe(true);
});

test("a 500 whose body breaks is retried", async () => {
  const fetch = responding(200);
  fetch.mockResolvedValueOnce(new Response(new ReadableStream({ pull: losing }), { status: 500 }));
  await callThings({ token, fetch }, "GET");
  expect(fetch).toHaveBeenCalledTimes(2);
});

test.each<[boolean, Method, string, Responder]>([
  [true, "DELETE", "a lost connection", writeAndReset()],
  [true, "PUT", "a 500", respond(500, {})],
  [false, "PUT", "a 429", respond(429, {})],
  [false, "POST", "a 429", respond(429, {})],
  [false, "GET", "a 500", respond(500, {})],
])("mayHaveSucceeded is %s for a %s after %s and a 404", async (mayHaveSucceeded, method, _case, first) => {
  const server = await startSocketServer(first, respond(404, {}));
  const call = callThings({ baseUrl: server.url, token, rateLimiter: false }, method);
  expect(await rejection(call, RolloutApiError)).toMatchObject({ code: "not_found", attempts: 2, mayHaveSucceeded });
});

test("mayHaveSucceeded remembers a 500 to a PUT whose retry the platform refuses to send", async () => {
  const fetch = vi.fn<FetchFunction>(losing).mockResolvedValueOnce(new Response("", { status: 500 }));
  const error = await rejection(thingsApi({ fetch }).PUT("/things", { cache: "only-if-cached" }), RolloutConfigError);
  expect(error).toMatchObject({ code: "invalid_config", option: "request", mayHaveSucceeded: true });
});

/** Calls, in simulated time, a server that answers the nth request like this. Returns the waits between the requests. */
async function waitsOf(answer: (request: number) => Response, options: Partial<ThingOptions> = {}, chance = 0) {
  simulateTimeAndChance(1);
  vi.mocked(Math.random).mockReturnValue(chance);
  const times: number[] = [];
  const fetch = async () => answer(times.push(performance.now()));
  const outcome = await makeAtOnce(1, () => callThings({ token, fetch, rateLimiter: false, ...options }, "GET"));
  expect(vi.getTimerCount()).toBe(0);
  return { ...outcome, waits: times.slice(1).map((time, index) => time - (times[index] ?? 0)) };
}

interface Waiting extends Partial<ThingOptions> {
  readonly status?: number;
  readonly retryAfter?: number;
  /** What `Math.random` returns. */
  readonly chance?: number;
}

const almostOne = 1 - Number.EPSILON;
const doubled = [499, 999, 1_999, 3_999, 7_999, 15_999, 31_999, 59_999, 59_999];
const longestTimer = 2 ** 31 - 1;
const inAMinute = [500, 1_000, 2_000, 4_000, ...Array<number>(10).fill(5_000), 2_500];

test.each<[string, Waiting, number[]]>([
  ["at the most half a second, which doubles up to a minute", { chance: almostOne, retry: { limit: 9 } }, doubled],
  ["at the most maxDelay", { chance: almostOne, retry: { maxDelay: 750 } }, [499, 749]],
  ["any part of that", { chance: 0.5 }, [250, 500]],
  ["however small", { chance: 0.01 }, [5, 10]],
  ["as long as Retry-After asks", { retryAfter: 7 }, [7_000, 7_000]],
  ["up to a quarter longer than Retry-After asks", { retryAfter: 7, chance: 0.99999 }, [8_749, 8_749]],
  ["as long as Retry-After asks, up to maxDelay", { retryAfter: 60 }, [60_000, 60_000]],
  ["for no Retry-After beyond maxDelay", { retryAfter: 61 }, []],
  [
    "no longer than a timer can",
    { retryAfter: 2_147_483, retry: { limit: 1, maxDelay: longestTimer }, chance: almostOne },
    [longestTimer],
  ],
  ["for a 409 until waitUntilReady is over, ever longer", { status: 409, waitUntilReady: 60_000 }, inAMinute],
  ["for a 409 up to twice as long", { status: 409, waitUntilReady: 2_000, chance: 0.999 }, [999, 1_001]],
  ["for a 409 to the last part of a millisecond", { status: 409, waitUntilReady: 700.5 }, [500, 201]],
  ["for a 409 as long as Retry-After asks", { status: 409, waitUntilReady: 14_000, retryAfter: 7 }, [7_000, 7_000]],
  ["for no 409 whose Retry-After asks for longer", { status: 409, waitUntilReady: 6_999, retryAfter: 7 }, []],
])(
  "a call waits between its attempts %s",
  async (_case, { status = 500, retryAfter, chance, ...options }, expected) => {
    const headers = retryAfter === undefined ? {} : { "Retry-After": String(retryAfter) };
    const { waits, errors } = await waitsOf(() => Response.json({}, { status, headers }), options, chance);
    expect(waits).toEqual(expected);
    expect(errors).toMatchObject([{ status, attempts: expected.length + 1 }]);
  },
);

const now = Date.UTC(1994, 10, 6, 8, 49, 30);

/** What an error says that Retry-After asks for, at 1994-11-06T08:49:30Z. */
async function secondsOf(retryAfter: string, date?: string, at = now): Promise<number | undefined> {
  vi.useFakeTimers({ now: at, toFake: ["Date"] });
  vi.stubEnv("TZ", "America/New_York");
  const fetch = responding(503, { "Retry-After": retryAfter, ...(date !== undefined && { Date: date }) });
  const error = await rejection(callThings({ token, fetch, retry: false }, "GET"), RolloutApiError);
  expect(JSON.parse(JSON.stringify(error)).retryAfter).toBe(error.retryAfter);
  return error.retryAfter;
}

const malformed = [
  ...["", " ", "-1", "+1", "1.5", "1e3", "0x10", "1, 2", "1 s", "soon", "Infinity", "NaN", "²"],
  ...["1994-11-06T08:49:37Z", "Nov 6, 1994", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 +0100"],
  ...["Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 99 Nov 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT"],
  ...["Sun, 06 Nov 1994 25:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT; Sun, 06 Nov 1994 08:49:37 GMT"],
];

test.each<[string, number | undefined, string?, number?]>([
  ["0", 0],
  ["007", 7],
  [" 5 ", 5],
  ["9007199254740991", Number.MAX_SAFE_INTEGER],
  ["9".repeat(400), Number.MAX_SAFE_INTEGER],
  ["Sun, 06 Nov 1994 08:49:37 GMT", 7],
  ["Sunday, 06-Nov-94 08:49:37 GMT", 7],
  ["Sun Nov  6 08:49:37 1994", 7],
  ["Wed Nov 16 08:49:30 1994", 864_000],
  ["Sun, 06 Nov 1994 08:49:30 GMT", 0],
  ["Friday, 05-Nov-93 08:49:37 GMT", 0],
  // Measured from the Date of the response.
  ["Sun, 06 Nov 1994 08:49:37 GMT", 20, "Sun, 06 Nov 1994 08:49:17 GMT"],
  // A part of a second is a whole one.
  ["Sun, 06 Nov 1994 08:49:37 GMT", 7, "", now + 1],
  ...malformed.map((value): [string, undefined] => [value, undefined]),
])("Retry-After: %j asks for %s s", async (value, seconds, date, at) => {
  expect(await secondsOf(value, date, at)).toBe(seconds);
});

test.each<[string, Partial<ThingOptions>]>([
  ["and retries are not counted", { retry: false }],
  ["and the sum of the waits does not count against timeout", { timeout: 100 }],
  [
    "and the wait for the rate limiter does not count",
    { waitUntilReady: 5_000, rateLimiter: { acquire: () => new Promise((resolve) => setTimeout(resolve, 10_000)) } },
  ],
])("a 409 is waited out until the data is ready, %s", async (_case, options) => {
  const answer = (request: number) => Response.json({}, { status: request === 1 ? 409 : 200 });
  expect(await waitsOf(answer, { waitUntilReady: 60_000, ...options })).toMatchObject({ succeeded: 1 });
});

test.each([
  [5, "GET", 0, 60_000],
  [5, "POST", 0, 60_000],
  [1, "GET", 60_000, 0],
  [1, "GET", undefined, undefined],
] as const)(
  "%i looks at data: the waitUntilReady of a %s counts before the client's",
  async (looks, method, ofClient, ofCall) => {
    simulateTimeAndChance(1);
    const fetch = vi.fn(async () => Response.json({}, { status: fetch.mock.calls.length < 5 ? 409 : 200 }));
    const call = callThings({ token, fetch, waitUntilReady: ofClient }, method, { waitUntilReady: ofCall });
    const settled = Promise.allSettled([call]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await settled).toMatchObject([{ status: looks === 1 ? "rejected" : "fulfilled" }]);
    expect(fetch).toHaveBeenCalledTimes(looks);
  },
);

test("credentials.create never waits on a 409, whatever the client's waitUntilReady", async () => {
  const { credentials } = createRolloutClient({ token, fetch: responding(409), waitUntilReady: 60_000 });
  const created = credentials.create({ appKey: "gmail", userInputs: {} });
  expect(await rejection(created, RolloutApiError)).toMatchObject({ code: "conflict", attempts: 1 });
});
