import { gzipSync } from "node:zlib";
import { RolloutApiError, RolloutNetworkError, RolloutResponseError, unwrap } from "rollout-client";
import { expect, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";
import { respond, responseBytes, startHttpServer, startSocketServer, write } from "../support/servers.ts";
import { callThings, methods } from "../support/things.ts";
import { thingsApi } from "../support/things-api.ts";

const token = "made-up";

/** The response of a `fetch` with members that no constructor sets. */
const withMembers = (response: Response, members: Record<string, unknown>): Response =>
  Object.defineProperties(
    response,
    Object.fromEntries(Object.entries(members).map(([name, value]) => [name, { value }])),
  );

const text = JSON.stringify("x");
const gzipped = gzipSync(text);

test.each([
  ["bytes", { "Transfer-Encoding": "chunked" }, text],
  ["Content-Length", { "Content-Length": `${text.length}` }, text],
  // Compressed, so short a text is longer.
  ["decoded bytes", { "Content-Encoding": "gzip", "Content-Length": `${gzipped.length}` }, gzipped],
])("a response longer than maxResponseBytes is refused by its %s", async (_case, headers, body) => {
  const { url } = await startHttpServer(() => ({ headers: { "Content-Type": "application/json", ...headers }, body }));
  expect(await callThings({ token, baseUrl: url, maxResponseBytes: text.length }, "POST")).toBe("x");
  const call = callThings({ token, baseUrl: url, maxResponseBytes: text.length - 1 }, "POST");
  const error = await rejection(call, RolloutResponseError);
  expect(error).toMatchObject({ code: "invalid_response", status: 200, mayHaveSucceeded: true, attempts: 1 });
  expect(error.cause).toBeInstanceOf(Error);
});

test("a response whose Content-Length is too long is refused at once, and its connection is closed", async () => {
  const server = await startSocketServer(write(responseBytes(200, "", { "Content-Length": "101" })));
  await rejection(callThings({ token, baseUrl: server.url, maxResponseBytes: 100 }, "GET"), RolloutResponseError);
  await server.closed();
});

test("a body without a stream, as in React Native, is held to maxResponseBytes too", async () => {
  const arrayBuffer = () => new Response("[1]").arrayBuffer();
  const fetch = async () => ({ status: 200, headers: new Headers(), arrayBuffer });
  expect(await callThings({ token, fetch, maxResponseBytes: 3 }, "GET")).toEqual([1]);
  await rejection(callThings({ token, fetch, maxResponseBytes: 2 }, "GET"), RolloutResponseError);
});

test("the stream of a body that becomes too long is cancelled", async () => {
  const cancel = vi.fn();
  const pull = (stream: ReadableStreamDefaultController) => stream.enqueue(Uint8Array.of(0x20));
  const fetch = async () => new Response(new ReadableStream({ pull, cancel }));
  await rejection(callThings({ token, fetch, maxResponseBytes: 6 }, "GET"), RolloutResponseError);
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

test("a success that is not UTF-8 is refused as JSON and as text, but not as bytes", async () => {
  const bytes = Uint8Array.of(0x22, 0xff, 0x22);
  const api = thingsApi({ fetch: async () => new Response(bytes) });
  for (const parseAs of ["json", "text"] as const) {
    const error = await rejection(api.GET("/things", { parseAs }), RolloutResponseError);
    expect(error).toMatchObject({ code: "invalid_response", mayHaveSucceeded: true });
  }
  expect(new Uint8Array(unwrap(await api.GET("/things", { parseAs: "arrayBuffer" })))).toEqual(bytes);
});

test.each<[string, unknown]>([
  ["nothing", undefined],
  ["null", null],
  ["text", "{}"],
  ["an object without a status", {}],
  ["a status that is no number", { status: "200", headers: new Headers(), body: null }],
  ["a Response that was read", withMembers(Response.json({}), { bodyUsed: true })],
])("a fetch that returns %s is a network error, and is not called again", async (_case, response) => {
  const fetch = async () => response;
  // @ts-expect-error a fetch that does not compile, as JavaScript may pass it
  const error = await rejection(callThings({ token, fetch }, "GET"), RolloutNetworkError);
  expect(error).toMatchObject({ code: "network", attempts: 1, mayHaveSucceeded: true });
});

test.each([204, 205])("a %i of a fetch that gives it a body is a success without one", async (status) => {
  const fetch = async () => withMembers(new Response("", { headers: { "Content-Length": "0" } }), { status });
  expect(await callThings({ token, fetch }, "DELETE")).toBeUndefined();
});

test("a body that breaks is a lost connection, even if the platform would refuse the request", async () => {
  const fetch = async () => new Response(new ReadableStream({ pull: () => Promise.reject(new Error("broken")) }));
  const call = thingsApi({ fetch }).POST("/things", { cache: "only-if-cached" });
  const expected = { code: "network", mayHaveSucceeded: true, cause: { message: "broken" } };
  expect(await rejection(call, RolloutNetworkError)).toMatchObject(expected);
});

test.each(methods)("a redirect of a %s is not followed, not even to the same origin", async (method) => {
  const headers = { Location: "/credentials", "X-Request-Id": "request-1" };
  for (const status of [300, 301, 302, 303, 307, 308, 399]) {
    const server = await startSocketServer(respond(status, "", headers), respond(200));
    const error = await rejection(callThings({ baseUrl: server.url, token }, method), RolloutResponseError);
    const expected = { code: "redirected", status, method, path: "/things", attempts: 1, requestId: "request-1" };
    expect(error).toMatchObject({ ...expected, mayHaveSucceeded: true });
    expect(error.headers.get("location")).toBe("/credentials");
    expect(server.requests).toHaveLength(1);
  }
});

test.each([
  ["http://evil.example:8443", "//user:password@evil.example:8443/path"],
  ["https://evil.example", "https://user:password@evil.example/path?query#fragment"],
  ["https://evil.example", "HTTPS://EVIL.example"],
  ["http://localhost", "/path?query"],
  ["no origin", "https://Made-Up-Token.evil.example/"],
  ["no origin", "https://%4dade-Up-Token.evil.example/"],
  ["no origin", "https://["],
  ["no origin", "data:text/html,Made-Up-Token"],
  ["no origin", "mailto:someone@evil.example"],
])("the error of a redirect names %s, and nothing else, of Location: %s", async (origin, location) => {
  const fetch = async () => new Response(null, { status: 302, headers: { Location: location } });
  const call = callThings({ baseUrl: "http://localhost", token: "Made-Up-Token", fetch }, "POST");
  const { message } = await rejection(call, RolloutResponseError);
  if (origin !== "no origin") expect(message).toContain(origin);
  expect(message).not.toMatch(/password|path\?|query|fragment|made-up-token|someone/i);
});

/** What a server of another origin sends. */
const foreign = (members: object) => async () => withMembers(Response.json({ id: "of_evil" }), { ...members });

test.each([
  ["without a Location", { status: 302 }],
  ["whose status a browser hides", { status: 0, type: "opaqueredirect" }],
  ["that a fetch followed, whatever its init said", { redirected: true, url: "https://rollout.test/api/things" }],
  ["to another origin", { url: "https://evil.test/api/things" }],
  ["to another scheme", { url: "http://rollout.test/api/things" }],
  ["to another port", { url: "https://rollout.test:8443/api/things" }],
  ["to an origin that only begins like the client's", { url: "https://rollout.test.evil.test/" }],
])("a redirect %s is refused: its data may be anybody's", async (_case, members) => {
  for (const method of ["GET", "POST"] as const) {
    const error = await rejection(callThings({ token, fetch: foreign(members) }, method), RolloutResponseError);
    expect(error).toMatchObject({ code: "redirected", attempts: 1, mayHaveSucceeded: true });
    expect(error.status).toBe("status" in members ? members.status : 200);
  }
});

test.each([{}, { url: "" }, { url: "https://rollout.test/api/things", redirected: false }])(
  "a 200 of the client's origin, or of a fetch that does not tell, is accepted: %j",
  async (members) => {
    expect(await callThings({ token, fetch: foreign(members) }, "GET")).toEqual({ id: "of_evil" });
  },
);

test("the body of a redirect is cancelled", async () => {
  const cancel = vi.fn();
  const redirect = new Response(new ReadableStream({ cancel }), { status: 302 });
  await rejection(callThings({ token, fetch: async () => redirect }, "GET"), RolloutResponseError);
  expect(cancel).toHaveBeenCalledTimes(1);
});
