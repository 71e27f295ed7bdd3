import { gzipSync } from "node:zlib";
import { createRolloutApi, createRolloutClient, RolloutError, unwrap } from "rollout-client";
import { afterEach, describe, expect, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";
import {
  json,
  responseBytes,
  startHttpServer,
  startSocketServer,
  write,
  writeAndClose,
  writeAndReset,
} from "../support/servers.ts";
import { callThings, type ThingPaths } from "../support/things.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

type Respond = ReturnType<typeof write>;

const MAX_RESPONSE_BYTES = 10 * 1024 * 1024;
const kept = { "X-Request-Id": "request-1", "X-Marker": "kept" };
const created = { id: "credential-1" };
const credential = JSON.stringify(created);
const challenge = { action: "OTP_REQUEST", otpChallengeId: "1", titleHTML: "t", message: "m", messageHTML: "m" };
const input = { appKey: "follow-up-boss", userInputs: { apiKey: "sk_secret_1" } };
const gzipped = { "Content-Encoding": "gzip" };

function complete(status: number, body: string | Uint8Array = "", headers: Record<string, string> = {}): Respond {
  return write(responseBytes(status, body, { ...kept, ...headers }));
}

/** A response that promises more than comes. */
function unfinished(status: number, body: string): Buffer {
  return responseBytes(status, body, { ...kept, "Content-Length": "1000" });
}

function chunked(chunks: string): string {
  return `HTTP/1.1 200 OK\r\nX-Request-Id: request-1\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`;
}

const hasMarker = (headers: Headers) => headers.get("x-marker") === "kept";
const unusable = { code: "invalid_response", status: 200, mayHaveSucceeded: true, requestId: "request-1" };
const lost = { code: "network", mayHaveSucceeded: true, cause: expect.any(Error) };
const noBody = { body: undefined, errors: [], requestId: "request-1", headers: expect.toSatisfy(hasMarker) };
const noCredential = [null, true, 42, "text", [], {}, [{ id: "1" }], { id: 1 }, { id: "" }, { data: { id: "1" } }];

/** What the server does with a create, and the error of the call. */
test.each<[string, Respond, object]>([
  ["sends JSON that ends too early", complete(200, credential.slice(0, -2)), unusable],
  ["sends HTML as a success", complete(200, "<!doctype html>", { "Content-Type": "text/html" }), unusable],
  ["sends invalid UTF-8", complete(200, Buffer.from(credential.replace("1", "\xff"), "latin1")), unusable],
  ["sends white space", complete(200, "  \n"), unusable],
  ["sends an empty success", complete(200), unusable],
  ["sends no chunks", write(chunked("0\r\n\r\n")), unusable],
  ["sends plain text that is called gzip", complete(200, credential, gzipped), unusable],
  ["sends gzip that ends too early", complete(200, gzipSync(credential).subarray(0, 20), gzipped), unusable],
  ["numbers its challenge", complete(200, JSON.stringify({ ...challenge, otpChallengeId: 1 })), unusable],
  ...noCredential.map((body): [string, Respond, object] => {
    const text = JSON.stringify(body);
    return [`sends ${text} for a credential`, complete(200, text), unusable];
  }),
  ["resets the connection before the headers", writeAndReset(), lost],
  ["closes it within the headers", writeAndClose(unfinished(200, credential).subarray(0, 40)), lost],
  ["closes it within the body", writeAndClose(unfinished(200, credential)), lost],
  ["closes it before the last chunk", writeAndClose(chunked(`15\r\n${credential}\r\n`)), lost],
  ["sends a chunk without a size", write(chunked(`${credential}\r\n`)), lost],
  ["does not speak HTTP", write("220 smtp.example ESMTP\r\n"), lost],
  ["sends headers of 100 kB", complete(200, credential, { "X-Long": "x".repeat(100_000) }), lost],
  [
    "switches to another protocol",
    write("HTTP/1.1 101 Switching\r\nUpgrade: made-up\r\nConnection: upgrade\r\n\r\n"),
    lost,
  ],
  ["sends an empty error", complete(500), { code: "server_error", status: 500, mayHaveSucceeded: true, ...noBody }],
  ["sends null as an error", complete(404, "null"), { code: "not_found", body: null, errors: [] }],
  ["sends an error that is not UTF-8", complete(500, Buffer.from([0x7b, 0xff])), { body: "{\ufffd" }],
  ["sends a 304", complete(304), { code: "unexpected_status", status: 304, mayHaveSucceeded: true }],
  ["sends a status of no class", complete(999, "{}"), { code: "unexpected_status", status: 999, body: {} }],
  [
    "closes the connection within an error",
    writeAndClose(unfinished(503, "{")),
    { ...noBody, code: "server_error", mayHaveSucceeded: true, cause: expect.any(Error) },
  ],
  [
    "calls plain text gzip in an error",
    complete(400, "{}", gzipped),
    { ...noBody, code: "bad_request", mayHaveSucceeded: false, cause: expect.any(Error) },
  ],
])("a create fails once, with what is known of it, when the server %s", async (_case, responder, expected) => {
  const { url } = await startSocketServer(responder);
  const { credentials } = createRolloutClient({ baseUrl: url, token: "made-up", retry: false });
  const error = await rejection(credentials.create(input), RolloutError);
  expect(error).toMatchObject({ attempts: 1, ...expected });
});

/** What the server does with a create, and what the call resolves to. */
test.each<[string, Respond, object]>([
  ["a byte order mark", complete(200, `\ufeff${credential}`), created],
  ["a +json type", complete(200, credential, { "Content-Type": "application/a+json" }), created],
  ["no type", complete(200, credential, { "Content-Type": "" }), created],
  ["compression", complete(200, gzipSync(credential), gzipped), created],
  ["Early Hints before it", write(`HTTP/1.1 103 Early Hints\r\n\r\n${responseBytes(200, credential)}`), created],
  ...[
    { id: "1", extra: [] },
    { ...challenge, id: 5 },
    { ...challenge, id: "1" },
  ].map((body): [string, Respond, object] => [JSON.stringify(body), complete(200, JSON.stringify(body)), body]),
])("a create succeeds when the response has %s", async (_case, responder, expected) => {
  const { url } = await startSocketServer(responder);
  const { credentials } = createRolloutClient({ baseUrl: url, token: "made-up", retry: false });
  expect(await credentials.create(input)).toEqual(expected);
});

test.each<[string, Respond, unknown]>([
  ["an empty 200", complete(200), undefined],
  ["a 204", write("HTTP/1.1 204 No Content\r\n\r\n"), undefined],
  ["a 200 of no chunks", write(chunked("0\r\n\r\n")), undefined],
  ["a JSON null", complete(200, "null"), null],
])("%s is a success for api, which promises no credential", async (_case, respond, data) => {
  const { url } = await startSocketServer(respond);
  expect(await callThings({ baseUrl: url, token: "made-up" }, "POST")).toBe(data);
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

test("a response is read when an old library has added a member to every object", async () => {
  const legacy = { value: () => {}, enumerable: true, configurable: true, writable: true };
  Object.defineProperty(Object.prototype, "legacy", legacy);
  try {
    expect(await clientOf(() => Response.json({ id: "1" })).credentials.create(input)).toEqual({ id: "1" });
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

describe.each([
  ["a proxy", proxyOf],
  ["frozen", (response: Response) => Object.freeze(response)],
])("a response that is %s", (_kind, wrap) => {
  test("is read like any other", async () => {
    const { api, credentials } = clientOf(() => wrap(new Response(credential)));
    await expect(credentials.create(input)).resolves.toEqual(created);
    const { response } = await api.POST("/credentials", { body: input });
    expect([response.status, response.ok, response.bodyUsed]).toEqual([200, true, true]);
  });

  test("has the secrets taken out of its body, headers and reason phrase", async () => {
    const init = { status: 400, statusText: "bad sk_secret_1", headers: { "X-Echo": "sk_secret_1" } };
    const { api } = clientOf(() => wrap(Response.json({ message: "sk_secret_1 is wrong" }, init)));
    const { error, response } = await api.POST("/credentials", { body: input });
    expect(error).toEqual({ message: "[redacted] is wrong" });
    expect([response.statusText, response.headers.get("x-echo")]).toEqual(["bad [redacted]", "[redacted]"]);
  });

  test("keeps a status that no constructor takes", async () => {
    const odd = () => Object.defineProperty(Response.json({}, { status: 500 }), "status", { value: 999 });
    const { credentials } = clientOf(() => wrap(odd()));
    await expect(credentials.create(input)).rejects.toMatchObject({ code: "unexpected_status", status: 999 });
  });
});

test.each<[string, object]>([
  ["no statusText", { statusText: undefined }],
  ["no ok", { ok: undefined }],
  ["an ok that contradicts its status", { ok: false }],
  ["headers without get", { headers: { forEach: (each: (value: string, name: string) => void) => each("1", "a") } }],
  ["headers without forEach", { headers: { get: () => null } }],
  ["a header that cannot be copied", { headers: new Map([["not a name", "\n"]]) }],
])("a response with %s is read like any other", async (_case, members) => {
  const plain = (status: number, value: unknown) => {
    const { body } = Response.json(value);
    return { status, ok: status === 200, statusText: "", type: "", url: "", headers: new Headers(), body, ...members };
  };
  await expect(clientOf(() => plain(200, { id: "1" })).credentials.create(input)).resolves.toEqual({ id: "1" });
  const refused = clientOf(() => plain(400, {})).credentials.create(input);
  await expect(refused).rejects.toMatchObject({ code: "bad_request", mayHaveSucceeded: false });
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

test("a body that cannot be cancelled harms neither the process nor the calls that share its signal", async () => {
  const controller = new AbortController();
  const reader = { read: () => new Promise(() => {}), cancel: () => undefined };
  const stubborn = { status: 200, ok: true, headers: new Headers(), body: { getReader: () => reader } };
  const waiting = [clientOf(() => stubborn), clientOf(() => new Promise(() => {}))].map(({ credentials }) =>
    expect(credentials.create(input, { signal: controller.signal })).rejects.toBe("enough"),
  );
  await new Promise(setImmediate);
  controller.abort("enough");
  await Promise.all(waiting);
});

// @hono/node-server does this to the whole process.
test("a global Response that a framework replaced does not change the responses of the platform's fetch", async () => {
  const { url } = await startHttpServer(() => json({ id: "1" }));
  class TheirResponse {
    get status(): never {
      throw new TypeError("not a response of theirs");
    }
  }
  vi.stubGlobal("Response", TheirResponse);
  const { api, credentials } = createRolloutClient({ token: "made-up", baseUrl: url });
  expect(await credentials.create(input)).toEqual({ id: "1" });
  expect((await api.POST("/credentials", { body: input })).response.status).toBe(200);
});

test("a success whose `ok` cannot be read is a success", async () => {
  const get = (): never => {
    throw new TypeError("not readable");
  };
  const fetch = async () => Object.defineProperty(Response.json(created), "ok", { get });
  const { credentials } = createRolloutClient({ token: "made-up", fetch });
  expect(await credentials.create(input)).toEqual(created);
});

test("a global Response whose responses are frozen hides no error", async () => {
  const { url } = await startHttpServer(() => json({ errors: [{ message: "no" }] }, 400));
  class FrozenResponse extends Response {
    constructor(body: BodyInit | null, init: ResponseInit) {
      super(body, init);
      Object.freeze(this);
    }
  }
  vi.stubGlobal("Response", FrozenResponse);
  const { credentials } = createRolloutClient({ token: "made-up", baseUrl: url });
  await expect(credentials.create(input)).rejects.toMatchObject({ code: "bad_request", mayHaveSucceeded: false });
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

test("a global Response that keeps the immutable headers it is given is no obstacle", async () => {
  const { url } = await startHttpServer(() => ({ status: 204 }));
  class KeepingResponse extends Response {
    constructor(body: BodyInit | null, init: ResponseInit) {
      super(body, init);
      Object.defineProperty(this, "headers", { value: init.headers });
    }
  }
  vi.stubGlobal("Response", KeepingResponse);
  const { credentials } = createRolloutClient({ token: "made-up", baseUrl: url });
  await expect(credentials.update("cred_1", { entitiesToSync: { notes: true } })).resolves.toBeUndefined();
});
