import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import { createRolloutApi, RolloutApiError, RolloutNetworkError, RolloutResponseError, unwrap } from "rollout-client";
import { expect, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";
import { responseBytes, startHttpServer, startSocketServer, write } from "../support/servers.ts";
import { STATUS_CODES } from "../support/status-codes.ts";
import { callThings, type Method, type ThingPaths } from "../support/things.ts";

const token = "made-up";

/** What a call rejects with whose response has this status. */
async function errorOf(status: number, method: Method = "POST"): Promise<RolloutApiError> {
  // No constructor takes a status above 599.
  const response = Object.defineProperty(Response.json({}, { status: 500 }), "status", { value: status });
  return rejection(callThings({ token, fetch: async () => response, retry: false }, method), RolloutApiError);
}

test.each([
  { name: "4xx", first: 400, last: 499, code: "unexpected_status", acted: false },
  { name: "5xx", first: 500, last: 599, code: "server_error", acted: true },
  { name: "status that HTTP does not have", first: 600, last: 603, code: "unexpected_status", acted: true },
])("each $name is $code if it has no code of its own; mayHaveSucceeded is $acted", async (row) => {
  for (let status = row.first; status <= row.last; status += 1) {
    const error = await errorOf(status);
    const mayHaveSucceeded = row.acted || status === 408 || status === 499;
    expect(error).toMatchObject({ status, code: STATUS_CODES[status] ?? row.code, mayHaveSucceeded });
  }
});

test.each([408, 499])("a %i to a safe method, which changes nothing, cannot have succeeded", async (status) => {
  expect(await errorOf(status, "GET")).toMatchObject({ code: "unexpected_status", mayHaveSucceeded: false });
});

const quoted = JSON.stringify("x".repeat(98));

test.each([
  ["bytes", { "Transfer-Encoding": "chunked" }, quoted],
  ["Content-Length", {}, quoted],
  ["decoded bytes", { "Content-Encoding": "gzip" }, gzipSync(quoted)],
])("a response longer than maxResponseBytes is refused by its %s", async (_case, headers, body) => {
  const { url } = await startHttpServer(() => ({ headers: { "Content-Type": "application/json", ...headers }, body }));
  expect(await callThings({ token, baseUrl: url, maxResponseBytes: 100 }, "POST")).toBe("x".repeat(98));
  const call = callThings({ token, baseUrl: url, maxResponseBytes: 99 }, "POST");
  const error = await rejection(call, RolloutResponseError);
  expect(error).toMatchObject({ code: "invalid_response", status: 200, mayHaveSucceeded: true, attempts: 1 });
  expect(error.cause).toBeInstanceOf(Error);
});

test("a response whose Content-Length is too long is refused at once, and its connection is closed", async () => {
  const server = await startSocketServer(write(responseBytes(200, "", { "Content-Length": "101" })));
  await rejection(callThings({ token, baseUrl: server.url, maxResponseBytes: 100 }, "GET"), RolloutResponseError);
  await server.closed();
});

test("a compressed body may be longer than maxResponseBytes if what it decodes to is not", async () => {
  const body = gzipSync("1");
  const headers = { "Content-Encoding": "gzip", "Content-Length": String(body.length) };
  const { url } = await startHttpServer(() => ({ headers, body }));
  expect(await callThings({ token, baseUrl: url, maxResponseBytes: 1 }, "GET")).toBe(1);
});

test("the stream of a response that is too long is cancelled", async () => {
  const cancel = vi.fn();
  const chunk = new TextEncoder().encode("x".repeat(60));
  const stream = new ReadableStream({ pull: (controller) => controller.enqueue(chunk), cancel });
  const call = callThings({ token, maxResponseBytes: 100, fetch: async () => new Response(stream) }, "GET");
  await rejection(call, RolloutResponseError);
  expect(cancel).toHaveBeenCalledTimes(1);
});

test.each([
  [256 * 1024, undefined, "x".repeat(256 * 1024)],
  [256 * 1024 + 1, undefined, undefined],
  [10, 9, undefined],
])("an error of %i bytes, with maxResponseBytes %s, keeps its status", async (size, maxResponseBytes, body) => {
  const fetch = async () => new Response("x".repeat(size), { status: 404 });
  const error = await rejection(callThings({ token, fetch, maxResponseBytes }, "GET"), RolloutApiError);
  expect(error).toMatchObject({ code: "not_found", attempts: 1 });
  expect(error.body).toBe(body);
  expect(error.cause).toEqual(body === undefined ? expect.any(Error) : undefined);
});

test.each(["json", "text"] as const)(
  "a success that is not UTF-8 is refused as %s, but not as bytes",
  async (parseAs) => {
    const bytes = Uint8Array.of(0x22, 0xff, 0x22);
    const fetch = async () => new Response(bytes);
    const api = createRolloutApi<ThingPaths>({ token, baseUrl: "https://rollout.test/api", fetch });
    const error = await rejection(api.GET("/things", { parseAs }), RolloutResponseError);
    expect(error).toMatchObject({ code: "invalid_response", mayHaveSucceeded: true });
    expect(new Uint8Array(unwrap(await api.GET("/things", { parseAs: "arrayBuffer" })))).toEqual(bytes);
  },
);

test("a success that is not valid JSON is refused without quoting it", async () => {
  const fetch = async () => new Response('{"id": planted}');
  const error = await rejection(callThings({ token, fetch }, "POST"), RolloutResponseError);
  expect(error).toMatchObject({ code: "invalid_response", mayHaveSucceeded: true });
  expect(inspect(error, { depth: null })).not.toContain("planted");
});

test.each<[string, unknown]>([
  ["nothing", undefined],
  ["null", null],
  ["text", "{}"],
  ["an object without a status", {}],
  ["a status that is no number", { status: "200", headers: new Headers(), body: null }],
  ["a Response that was read", Object.defineProperty(Response.json({}), "bodyUsed", { value: true })],
])("a fetch that returns %s is a network error, and is not called again", async (_case, response) => {
  const fetch = vi.fn(async () => response);
  const api = createRolloutApi<ThingPaths>({ baseUrl: "https://rollout.test/api", token });
  for (const call of [api.POST, api.GET]) {
    fetch.mockClear();
    // @ts-expect-error a fetch that does not compile, as JavaScript may pass it
    const error = await rejection(call("/things", { fetch }), RolloutNetworkError);
    expect(error).toMatchObject({ code: "network", attempts: 1, mayHaveSucceeded: true });
    expect(fetch).toHaveBeenCalledOnce();
  }
});

test.each([{}, { headers: new Headers(), body: "{}" }])(
  "a success with the members %j, which cannot be read, is an invalid response",
  async (members) => {
    const fetch = async () => ({ status: 200, ...members });
    // @ts-expect-error a fetch that does not compile, as JavaScript may pass it
    const error = await rejection(callThings({ token, fetch }, "POST"), RolloutResponseError);
    expect(error).toMatchObject({ code: "invalid_response", status: 200, mayHaveSucceeded: true });
  },
);

test.each([204, 205])("a %i of a fetch that gives it a body is a success without one", async (status) => {
  const response = Object.defineProperty(new Response("", { headers: { "Content-Length": "0" } }), "status", {
    value: status,
  });
  expect(await callThings({ token, fetch: async () => response }, "DELETE")).toBeUndefined();
});

test("a body that breaks is a lost connection, even if the platform would refuse the request", async () => {
  const fetch = async () => new Response(new ReadableStream({ pull: () => Promise.reject(new Error("broken")) }));
  const api = createRolloutApi<ThingPaths>({ baseUrl: "https://rollout.test/api", token, fetch });
  const error = await rejection(api.POST("/things", { cache: "only-if-cached" }), RolloutNetworkError);
  expect(error).toMatchObject({ code: "network", mayHaveSucceeded: true, cause: { message: "broken" } });
});
