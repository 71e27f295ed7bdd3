import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import { createRolloutApi, RolloutApiError, RolloutNetworkError, RolloutResponseError, unwrap } from "rollout-client";
import { describe, expect, test, vi } from "vitest";
import { json, startHttpServer } from "../support/http-server.ts";
import { rejection } from "../support/rejection.ts";
import { answerBytes, startSocketServer, write } from "../support/socket-server.ts";
import { callThings, type ThingPaths } from "../support/things.ts";

const token = "made-up";

describe("a response longer than maxResponseBytes is refused:", () => {
  const body = JSON.stringify("x".repeat(98));

  test.each([
    ["by its bytes", { "Transfer-Encoding": "chunked" }, body],
    ["by its Content-Length", {}, body],
    ["by its decoded bytes", { "Content-Encoding": "gzip" }, gzipSync(body)],
  ])("%s", async (_case, headers, sent) => {
    const server = await startHttpServer(() => ({
      headers: { "Content-Type": "application/json", ...headers },
      body: sent,
    }));
    const options = { token, baseUrl: server.url };
    expect(await callThings({ ...options, maxResponseBytes: 100 }, "POST")).toBe("x".repeat(98));
    const error = await rejection(callThings({ ...options, maxResponseBytes: 99 }, "POST"), RolloutResponseError);
    expect(error).toMatchObject({ code: "invalid_response", status: 200, mayHaveSucceeded: true, attempts: 1 });
    expect(error.cause).toMatchObject({ message: "the body is longer than 99 bytes" });
  });

  test("by its Content-Length, without waiting for the body, and the connection is closed", async () => {
    const server = await startSocketServer(write(answerBytes(200, "", { "Content-Length": "101" })));
    const call = callThings({ token, baseUrl: server.url, maxResponseBytes: 100 }, "GET");
    expect(await rejection(call, RolloutResponseError)).toMatchObject({ code: "invalid_response", attempts: 1 });
    await server.closed();
  });

  test("not by the Content-Length of a compressed body, which may be longer than what it decodes to", async () => {
    const compressed = gzipSync("1");
    expect(compressed.length).toBeGreaterThan(1);
    const headers = { "Content-Encoding": "gzip", "Content-Length": String(compressed.length) };
    const server = await startHttpServer(() => ({ headers, body: compressed }));
    expect(await callThings({ token, baseUrl: server.url, maxResponseBytes: 1 }, "GET")).toBe(1);
  });

  test("and its stream is cancelled", async () => {
    const cancel = vi.fn();
    const chunk = new TextEncoder().encode("x".repeat(60));
    const stream = new ReadableStream({ pull: (controller) => controller.enqueue(chunk), cancel });
    const call = callThings({ token, maxResponseBytes: 100, fetch: async () => new Response(stream) }, "GET");
    await rejection(call, RolloutResponseError);
    expect(cancel).toHaveBeenCalledTimes(1);
  });
});

test.each([
  [256 * 1024, "x".repeat(256 * 1024), undefined],
  [256 * 1024 + 1, undefined, "the body is longer than 262144 bytes"],
])(
  "an error response keeps its status, and a body of %i bytes if it has at most 256 KiB",
  async (size, body, cause) => {
    const server = await startHttpServer(() => ({ status: 404, body: "x".repeat(size) }));
    const error = await rejection(callThings({ token, baseUrl: server.url }, "GET"), RolloutApiError);
    expect(error).toMatchObject({ code: "not_found", attempts: 1 });
    expect(error.body).toBe(body);
    expect(error.cause).toEqual(cause === undefined ? undefined : expect.objectContaining({ message: cause }));
  },
);

test("an error response of more than maxResponseBytes has no body", async () => {
  const server = await startHttpServer(() => json({ message: "a long message" }, 404));
  const call = callThings({ token, baseUrl: server.url, maxResponseBytes: 9 }, "GET");
  expect(await rejection(call, RolloutApiError)).toMatchObject({ code: "not_found", body: undefined });
});

test.each(["json", "text"] as const)(
  "a success that is not UTF-8 is refused as %s, and taken as bytes",
  async (parseAs) => {
    const bytes = Uint8Array.of(0x22, 0xff, 0x22);
    const server = await startHttpServer(() => ({ body: bytes }));
    const api = createRolloutApi<ThingPaths>({ token, baseUrl: server.url });
    const error = await rejection(api.GET("/things", { parseAs }), RolloutResponseError);
    expect(error).toMatchObject({ code: "invalid_response", cause: { message: "the body is not UTF-8" } });
    expect(new Uint8Array(unwrap(await api.GET("/things", { parseAs: "arrayBuffer" })))).toEqual(bytes);
  },
);

describe("what a fetch returns that is no unread Response is a network error:", () => {
  const used = Response.json({});
  test.each<[string, unknown, string]>([
    ["nothing", undefined, "fetch did not return a Response"],
    ["null", null, "fetch did not return a Response"],
    ["an object", {}, "fetch did not return a Response"],
    ["a status without headers", { status: 200, body: null }, "fetch did not return a Response"],
    ["a body of another kind", { status: 200, headers: new Headers(), body: "{}" }, "fetch did not return a Response"],
    ["a Response that was returned before", used, "fetch returned a Response whose body was read before"],
  ])("%s", async (_case, response, message) => {
    await used.text().catch(() => {});
    const api = createRolloutApi<ThingPaths>({ baseUrl: "https://rollout.test/api", token });
    // @ts-expect-error a fetch that does not compile, as JavaScript may pass it
    const call = api.POST("/things", { fetch: async () => response });
    const error = await rejection(call, RolloutNetworkError);
    expect(error).toMatchObject({ code: "network", attempts: 1, mayHaveSucceeded: true, cause: { message } });
    expect(error.message).toContain("got something from `fetch` that is not a usable Response");
  });

  test("the same Response for two calls, of which the first succeeds", async () => {
    const response = Response.json({ name: "a thing" });
    const options = { token, fetch: async () => response };
    expect(await callThings(options, "GET")).toEqual({ name: "a thing" });
    const error = await rejection(callThings(options, "GET"), RolloutNetworkError);
    expect(error.cause).toMatchObject({ message: "fetch returned a Response whose body was read before" });
  });
});

test.each([204, 205])("a %i of a fetch that gives it a body is a success without one", async (status) => {
  const response = Object.defineProperty(new Response("", { headers: { "Content-Length": "0" } }), "status", {
    value: status,
  });
  expect(await callThings({ token, fetch: async () => response }, "DELETE")).toBeUndefined();
});

test("a body that breaks is a lost connection, even if the platform would refuse the request", async () => {
  const broken = new ReadableStream({ pull: () => Promise.reject(new Error("broken")) });
  const api = createRolloutApi<ThingPaths>({
    baseUrl: "https://rollout.test/api",
    token,
    fetch: async () => new Response(broken),
  });
  const error = await rejection(api.POST("/things", { cache: "only-if-cached" }), RolloutNetworkError);
  expect(error).toMatchObject({ code: "network", mayHaveSucceeded: true, cause: { message: "broken" } });
});

test("a success that is not valid JSON is refused without quoting it", async () => {
  const fetch = async () => new Response('{"id": planted}');
  const error = await rejection(callThings({ token, fetch }, "POST"), RolloutResponseError);
  expect(error).toMatchObject({
    code: "invalid_response",
    mayHaveSucceeded: true,
    cause: { message: "not valid JSON" },
  });
  expect(error.message).toContain("its body is not valid JSON");
  expect(inspect(error, { depth: null })).not.toContain("planted");
});
