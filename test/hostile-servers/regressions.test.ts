import { gzipSync } from "node:zlib";
import { createRolloutApi, createRolloutClient, type RolloutClient, RolloutError, unwrap } from "rollout-client";
import { afterEach, expect, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";
import { json, responseBytes, startHttpServer, startSocketServer, write, writeAndClose } from "../support/servers.ts";
import { callThings, type ThingPaths } from "../support/things.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

type Respond = ReturnType<typeof write>;

const MAX_RESPONSE_BYTES = 10 * 1024 * 1024;
const kept = { "X-Request-Id": "request-1", "X-Marker": "kept" };
const created = { id: "credential-1" };
const credential = JSON.stringify(created);
const input = { appKey: "follow-up-boss", userInputs: { apiKey: "sk_secret_1" } };
const gzipped = { "Content-Encoding": "gzip" };

function complete(status: number, body: string | Uint8Array = "", headers: Record<string, string> = {}): Respond {
  return write(responseBytes(status, body, { ...kept, ...headers }));
}

function chunked(chunks: string): string {
  return `HTTP/1.1 200 OK\r\nX-Request-Id: request-1\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`;
}

const hasMarker = (headers: Headers) => headers.get("x-marker") === "kept";
const unusable = { code: "invalid_response", status: 200, mayHaveSucceeded: true, requestId: "request-1" };
const lost = { code: "network", mayHaveSucceeded: true, cause: expect.any(Error) };
const noBody = { body: undefined, errors: [], requestId: "request-1", headers: expect.toSatisfy(hasMarker) };
const unread = { cause: expect.any(Error) };
/** An error that promises more than comes. */
const unfinished = responseBytes(503, "{", { ...kept, "Content-Length": "1000" });

/** What the server does with a create, and the error of the call, where fuzz.test.ts has no such response. */
test.each<[string, Respond, object]>([
  ["sends no chunks", write(chunked("0\r\n\r\n")), unusable],
  ["sends plain text that is called gzip", complete(200, credential, gzipped), unusable],
  ["sends gzip that ends too early", complete(200, gzipSync(credential).subarray(0, 20), gzipped), unusable],
  ["closes the connection before the last chunk", writeAndClose(chunked(`15\r\n${credential}\r\n`)), lost],
  ["sends a chunk without a size", write(chunked(`${credential}\r\n`)), lost],
  ["sends headers of 100 kB", complete(200, credential, { "X-Long": "x".repeat(100_000) }), lost],
  ["switches to another protocol", write("HTTP/1.1 101 Switching\r\nUpgrade: a\r\nConnection: upgrade\r\n\r\n"), lost],
  ["sends an empty error", complete(500), { code: "server_error", status: 500, mayHaveSucceeded: true, ...noBody }],
  ["sends null as an error", complete(404, "null"), { code: "not_found", body: null, errors: [] }],
  ["sends an error that is not UTF-8", complete(500, Buffer.from([0x7b, 0xff])), { body: "{\ufffd" }],
  ["closes the connection within an error", writeAndClose(unfinished), { ...noBody, status: 503, ...unread }],
  ["calls plain text gzip in an error", complete(400, "{}", gzipped), { ...noBody, status: 400, ...unread }],
])("a create fails once, with what is known of it, when the server %s", async (_case, responder, expected) => {
  const { url } = await startSocketServer(responder);
  const { credentials } = createRolloutClient({ baseUrl: url, token: "made-up", retry: false });
  const error = await rejection(credentials.create(input), RolloutError);
  expect(error).toMatchObject({ attempts: 1, ...expected });
});

test("a create succeeds when Early Hints come before the response", async () => {
  const { url } = await startSocketServer(write(`HTTP/1.1 103 Early Hints\r\n\r\n${responseBytes(200, credential)}`));
  const { credentials } = createRolloutClient({ baseUrl: url, token: "made-up", retry: false });
  expect(await credentials.create(input)).toEqual(created);
});

test.each([
  ["Плохой шлюз", "?????? ????"],
  ["Caf\u00e9", "Caf\u00e9"],
  ["", ""],
])("a response may have the reason phrase %j, which becomes %j", async (phrase, kept) => {
  const head = (status: number) => Buffer.from(`HTTP/1.1 ${status} ${phrase}\r\nContent-Length: 2\r\n\r\n{}`);
  const { url } = await startSocketServer(write(head(200)), write(head(502)));
  const { api, credentials } = createRolloutClient({ baseUrl: url, token: "made-up", retry: false });
  const { data, response } = await api.GET("/connectors", { parseAs: "blob" });
  expect([await data?.text(), response.statusText]).toEqual(["{}", kept]);
  await expect(credentials.create(input)).rejects.toMatchObject({ code: "server_error", mayHaveSucceeded: true });
});

function clientOf(give: () => unknown) {
  // What a `fetch` of JavaScript returns is not always what its type says.
  const fetch = async () => give() as Response;
  return createRolloutClient({ token: "made-up", fetch, retry: false });
}

test("a stalled error body is given up at the timeout, and the status stays known", async () => {
  const fetch = async () => new Response(new ReadableStream({ pull: () => new Promise(() => {}) }), { status: 400 });
  const error = await rejection(callThings({ token: "made-up", fetch, timeout: 20 }, "POST"), RolloutError);
  const known = { code: "bad_request", body: undefined, mayHaveSucceeded: false, cause: expect.any(Error) };
  expect(error).toMatchObject(known);
});

test("a response may have 10 MiB by default, and no byte more", async () => {
  const body = `"${"x".repeat(MAX_RESPONSE_BYTES - 2)}"`;
  const call = (text: string) => callThings({ token: "made-up", fetch: async () => new Response(text) }, "POST");
  await expect(call(body)).resolves.toHaveLength(MAX_RESPONSE_BYTES - 2);
  await expect(call(`${body} `)).rejects.toMatchObject({ code: "invalid_response" });
});

test("a success whose `ok` cannot be read is a success", async () => {
  const get = () => expect.fail("not readable");
  const { credentials } = clientOf(() => Object.defineProperty(Response.json(created), "ok", { get }));
  expect(await credentials.create(input)).toEqual(created);
});

test("a response is read when an old library has added a member to every object", async () => {
  const legacy = { value: () => {}, enumerable: true, configurable: true, writable: true };
  Object.defineProperty(Object.prototype, "legacy", legacy);
  try {
    expect(await clientOf(() => Response.json(created)).credentials.create(input)).toEqual(created);
  } finally {
    Reflect.deleteProperty(Object.prototype, "legacy");
  }
});

/** As the fetch of a framework may return a response: each member is one of the response behind. */
function proxyOf(response: Response): Response {
  return new Proxy(response, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

test.each([
  ["a proxy", proxyOf],
  ["frozen", (response: Response) => Object.freeze(response)],
])("a response that is %s is read like any other, without secrets, and keeps its status", async (_kind, wrap) => {
  const { api } = clientOf(() => wrap(new Response(credential)));
  const { data, response } = await api.POST("/credentials", { body: input });
  expect([data, response.ok, response.bodyUsed]).toEqual([created, true, true]);
  const init = { status: 500, statusText: "bad sk_secret_1", headers: { "X-Echo": "sk_secret_1" } };
  const odd = Response.json({ message: "sk_secret_1 is wrong" }, init);
  const refused = clientOf(() => wrap(Object.defineProperty(odd, "status", { value: 999 })));
  const { error, response: failed } = await refused.api.POST("/credentials", { body: input });
  expect(error).toEqual({ message: "[redacted] is wrong" });
  const shown = [failed.status, failed.statusText, failed.headers.get("x-echo")];
  expect(shown).toEqual([999, "bad [redacted]", "[redacted]"]);
});

test.each<[string, object, object?]>([
  ["no statusText", { statusText: undefined }],
  ["no ok", { ok: undefined }],
  ["an ok that contradicts its status", { ok: false }],
  ["headers without get", { headers: { forEach: (each: (value: string, name: string) => void) => each("1", "a") } }],
  ["headers without forEach", { headers: { get: () => null } }],
  [
    "a header that cannot be copied",
    { headers: new Map(Object.entries({ "not a name": "\n", ...kept })) },
    { requestId: "request-1" },
  ],
])("a response with %s is read like any other", async (_case, members, known = {}) => {
  const plain = (status: number, value: unknown) => {
    const { body } = Response.json(value);
    return { status, ok: status === 200, statusText: "", type: "", url: "", headers: new Headers(), body, ...members };
  };
  await expect(clientOf(() => plain(200, created)).credentials.create(input)).resolves.toEqual(created);
  const refused = clientOf(() => plain(400, {})).credentials.create(input);
  await expect(refused).rejects.toMatchObject({ code: "bad_request", mayHaveSucceeded: false, ...known });
});

test("a fetch that sends what the platform's refuses, and then throws, may have succeeded", async () => {
  const { api } = clientOf(() => expect.fail("after it was sent"));
  const error = await rejection(api.POST("/credentials", { body: input, cache: "only-if-cached" }), RolloutError);
  expect(error).toMatchObject({ code: "invalid_config", mayHaveSucceeded: true });
});

test.each([204, 205])("middleware may copy a %i, which has no body", async (status) => {
  const fetch = async () => new Response(null, { status });
  const things = createRolloutApi<ThingPaths>({ baseUrl: "https://rollout.test/api", token: "made-up", fetch });
  things.use({ onResponse: ({ response }) => new Response(response.body, response) });
  const result = await things.POST("/things", {});
  expect(result.response.body).toBeNull();
  expect(unwrap(result)).toBeUndefined();
});

/** As @hono/node-server replaces the one of the whole process. */
class TheirResponse {
  get status(): never {
    throw new TypeError("not a response of theirs");
  }
}
class FrozenResponse extends Response {
  constructor(body: BodyInit | null, init: ResponseInit) {
    super(body, init);
    Object.freeze(this);
  }
}
/** Keeps the headers that it is given, which are immutable. */
class KeepingResponse extends Response {
  constructor(body: BodyInit | null, init: ResponseInit) {
    super(body, init);
    Object.defineProperty(this, "headers", { value: init.headers });
  }
}

const create = ({ credentials }: RolloutClient) => credentials.create(input);
const update = ({ credentials }: RolloutClient) => credentials.update("cred_1", { entitiesToSync: { notes: true } });

test.each([
  ["has members of its own", TheirResponse, create, json(created), { value: created }],
  [
    "freezes its responses",
    FrozenResponse,
    create,
    json({}, 400),
    { reason: { code: "bad_request", mayHaveSucceeded: false } },
  ],
  ["keeps the headers it is given", KeepingResponse, update, { status: 204 }, { value: undefined }],
])("a global Response that %s changes no outcome", async (_case, Replaced, call, response, expected) => {
  const { url } = await startHttpServer(() => response);
  vi.stubGlobal("Response", Replaced);
  const client = createRolloutClient({ token: "made-up", baseUrl: url });
  expect(await Promise.allSettled([call(client)])).toMatchObject([expected]);
  expect((await client.api.POST("/credentials", { body: input })).response.status).toBe(response.status);
});

class BrokenRequest {
  constructor() {
    throw new TypeError("not a request of theirs");
  }
}

test.each([BrokenRequest, undefined])(
  "a global Request that cannot be created does not make a lost POST one that was never sent: %s",
  async (Request) => {
    vi.stubGlobal("Request", Request);
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("fetch failed")));
    const { api } = createRolloutClient({ token: "made-up" });
    const error = await rejection(api.POST("/credentials", { body: input }), RolloutError);
    expect(error).toMatchObject({ code: "network", mayHaveSucceeded: true });
  },
);
