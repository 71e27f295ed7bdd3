import {
  createRolloutApi,
  type FetchFunction,
  type RetryOptions,
  RolloutApiError,
  RolloutConfigError,
  type RolloutErrorCode,
} from "rollout-client";
import { beforeEach, describe, expect, test, vi } from "vitest";
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
import { bodyOf, callThings, type Method, methods, type ThingPaths } from "../support/things.ts";

// With 0, full jitter makes each backoff 0.
beforeEach(() => {
  const random = vi.spyOn(Math, "random").mockReturnValue(0);
  return () => random.mockRestore();
});

const half = responseBytes(200, '{"id":"made-up"}').subarray(0, -4);
const tooMany = respond(429, { errors: [] }, { "Retry-After": "0" });

function attemptsOf(method: Method, retried: string): number {
  return retried === "every method" || (retried === "idempotent methods" && !/^P(?:OST|ATCH)$/.test(method)) ? 3 : 1;
}

function failureOf(status: number, retried: string, code: RolloutErrorCode, headers: Record<string, string> = {}) {
  const name = [`a ${status}`, ...Object.entries(headers).map((header) => `with ${header.join(": ")}`)].join(" ");
  return { name, response: respond(status, { errors: [] }, headers), retried, code };
}

function lost(name: string, response: Responder) {
  return { name, response, retried: "idempotent methods", code: "network" };
}

test.each([
  failureOf(409, "no method", "conflict"),
  failureOf(500, "idempotent methods", "server_error", { "Retry-After": "0" }),
  failureOf(503, "idempotent methods", "server_error", { "Retry-After": "soon" }),
  failureOf(503, "every method", "server_error", { "Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT" }),
  failureOf(429, "every method", "rate_limited"),
  lost("a reset before the headers", writeAndReset()),
  lost("a close before the headers", writeAndClose("")),
  lost("a reset within the headers", writeAndReset(half.subarray(0, 30))),
  lost("a close within the headers", writeAndClose(half.subarray(0, 30))),
  lost("a reset within the body", writeAndReset(half)),
  lost("a close within the body", writeAndClose(half)),
  lost("a response that is not HTTP", write("SSH-2.0-OpenSSH_9.2\r\n")),
])("$retried retried after $name", async ({ name, response, retried, code }) => {
  // The response to a HEAD has no body that could break.
  for (const method of methods.filter((method) => method !== "HEAD" || !name.endsWith("within the body"))) {
    const server = await startSocketServer(response);
    const asked: boolean[] = [];
    const token = ({ refresh }: { refresh: boolean }) => `token-${asked.push(refresh)}`;
    const attempts = attemptsOf(method, retried);
    const call = callThings({ baseUrl: server.url, token, rateLimiter: false }, method);
    const mayHaveSucceeded = code === "server_error" || code === "network";
    await expect(call, method).rejects.toMatchObject({ code, attempts, mayHaveSucceeded });
    expect(server.requests.map((request) => [request.method, request.body, request.token])).toEqual(
      asked.map((_, index) => [method, bodyOf(method), `token-${index + 1}`]),
    );
    expect(asked).toEqual(Array(attempts).fill(false));
  }
});

const safe: readonly Method[] = ["GET", "HEAD"];
const idempotent: readonly Method[] = [...safe, "PUT", "DELETE"];
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);
const statuses = [...range(400, 431), 451, 499, ...range(500, 530), 599];
const transient = [408, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529];

test.each([
  ["without Retry-After", {}, [429]],
  ["with Retry-After: 0", { "Retry-After": "0" }, [429, 503]],
])("of the statuses %s, those of gateways and limits are retried, by method", async (_case, headers, throttled) => {
  for (const method of ["GET", "PUT", "POST"] as const) {
    const retried = idempotent.includes(method) ? [...new Set([...transient, ...throttled])] : throttled;
    const unclear = safe.includes(method) ? [] : [408, 499];
    for (const status of statuses) {
      const fetch = async () => new Response("", { status, headers });
      const call = callThings({ token: "made-up", fetch, rateLimiter: false }, method);
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
    const call = callThings({ baseUrl, token: "made-up" }, method);
    await expect(call).rejects.toMatchObject({ code: "network", attempts: 3, mayHaveSucceeded: false });
  }
});

test.each<{ name: string; client?: RetryOptions; call?: RetryOptions; retries: number }>([
  { name: "by default", retries: 2 },
  { name: "with retry: false", client: false, retries: 0 },
  { name: "with a limit of 0", client: { limit: 0 }, retries: 0 },
  { name: "with a limit of 1", client: { limit: 1 }, retries: 1 },
  { name: "with retry: false for the call alone", call: false, retries: 0 },
  { name: "with a limit of 1 for the call alone", client: false, call: { limit: 1 }, retries: 1 },
  {
    name: "with the client's limit of 1, for a call that sets maxDelay",
    client: { limit: 1 },
    call: { maxDelay: 9 },
    retries: 1,
  },
])("a POST is retried $retries times $name", async ({ client, call, retries }) => {
  const fetch = vi.fn(async () => new Response("", { status: 429, headers: { "Retry-After": "0" } }));
  const failed = callThings(
    { token: "made-up", fetch, retry: client },
    "POST",
    call === undefined ? {} : { retry: call },
  );
  await expect(failed).rejects.toMatchObject({ attempts: 1 + retries });
  expect(fetch).toHaveBeenCalledTimes(1 + retries);
});

test("every attempt has the same body and headers, and a token of its own", async () => {
  const server = await startSocketServer(tooMany, tooMany, respond(401, {}), respond(200));
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
  [401, "POST"],
])(
  "the body of a %i is read before a %s is retried, so that its connection can be used again",
  async (status, method) => {
    const failed = new Response("no", { status });
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

test("a Retry-After beyond maxDelay is final", async () => {
  const fetch = vi.fn(async () => new Response("", { status: 429, headers: { "Retry-After": "61" } }));
  const error = await rejection(callThings({ token: "made-up", fetch }, "POST"), RolloutApiError);
  expect(error).toMatchObject({ code: "rate_limited", attempts: 1, retryAfter: 61 });
  expect(fetch).toHaveBeenCalledTimes(1);
});

test("a Retry-After of any number of digits is final, and a number in JSON", async () => {
  const fetch = async () => new Response("", { status: 503, headers: { "Retry-After": "9".repeat(400) } });
  const error = await rejection(callThings({ token: "made-up", fetch }, "GET"), RolloutApiError);
  expect(error.attempts).toBe(1);
  expect(JSON.parse(JSON.stringify(error))).toMatchObject({ retryAfter: Number.MAX_SAFE_INTEGER });
});

describe("mayHaveSucceeded remembers earlier attempts:", () => {
  test.each<[Method, string, typeof tooMany, boolean]>([
    ["DELETE", "a lost connection", writeAndReset(), true],
    ["PUT", "a 500", respond(500, {}), true],
    ["PUT", "a 429", tooMany, false],
    ["POST", "a 429", tooMany, false],
    ["GET", "a 500", respond(500, {}), false],
  ])("of a %s after %s and a 404", async (method, _case, first, mayHaveSucceeded) => {
    const server = await startSocketServer(first, respond(404, {}));
    const error = await rejection(callThings({ baseUrl: server.url, token: "made-up" }, method), RolloutApiError);
    expect(error).toMatchObject({ code: "not_found", attempts: 2, mayHaveSucceeded });
  });

  test("of a PUT whose init the platform refuses, and whose second attempt fails in a fetch that does not", async () => {
    const fetch = vi.fn<FetchFunction>(() => Promise.reject(new TypeError("fetch failed")));
    fetch.mockResolvedValueOnce(new Response("", { status: 500 }));
    const api = createRolloutApi<ThingPaths>({ baseUrl: "https://rollout.test/api", token: "made-up", fetch });
    const error = await rejection(api.PUT("/things", { cache: "only-if-cached" }), RolloutConfigError);
    expect(error).toMatchObject({ code: "invalid_config", option: "request", mayHaveSucceeded: true });
  });
});
