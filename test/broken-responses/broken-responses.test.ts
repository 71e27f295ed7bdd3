import { gzipSync } from "node:zlib";
import {
  createRolloutClient,
  isOtpChallenge,
  RolloutApiError,
  RolloutNetworkError,
  RolloutResponseError,
} from "rollout-client";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { rejection } from "../support/rejection.ts";
import { responseBytes, startSocketServer, write, writeAndClose, writeAndReset } from "../support/servers.ts";
import { callThings } from "../support/things.ts";

type Respond = ReturnType<typeof write>;

const MAX_RESPONSE_BYTES = 10 * 1024 * 1024;
const kept = { "X-Request-Id": "request-1", "X-Marker": "kept" };
const credential = '{"id":"credential-1"}';
const challenge = { action: "OTP_REQUEST", otpChallengeId: "1", titleHTML: "t", message: "m", messageHTML: "m" };
const input = { appKey: "follow-up-boss", userInputs: { apiKey: "made-up" } };
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

async function create(respond: Respond): Promise<unknown> {
  const { url } = await startSocketServer(respond);
  return createRolloutClient({ baseUrl: url, token: "made-up", retry: false }).credentials.create(input);
}

describe("a success is an invalid response when its body is", () => {
  const shapes = [null, true, 42, "text", [], {}, [{ id: "1" }], { id: 1 }, { id: "" }, { data: { id: "1" } }];
  test.each<[string, Respond]>([
    ["JSON that ends too early", complete(200, credential.slice(0, -2))],
    ["HTML", complete(200, "<!doctype html><title>Welcome</title>", { "Content-Type": "text/html" })],
    ["invalid UTF-8", complete(200, Buffer.from(credential.replace("1", "\xff"), "latin1"))],
    ["only white space", complete(200, "  \n")],
    ["empty", complete(200)],
    ["empty, in no chunks", write(chunked("0\r\n\r\n"))],
    ["plain text that is called gzip", complete(200, credential, gzipped)],
    ["gzip that ends too early", complete(200, gzipSync(credential).subarray(0, 20), gzipped)],
    ["a challenge whose id is a number", complete(200, JSON.stringify({ ...challenge, otpChallengeId: 1 }))],
    ...shapes.map((body): [string, Respond] => [JSON.stringify(body), complete(200, JSON.stringify(body))]),
  ])("%s", async (_case, respond) => {
    const error = await rejection(create(respond), RolloutResponseError);
    expect(error).toMatchObject({ code: "invalid_response", status: 200, attempts: 1, mayHaveSucceeded: true });
    expect(error.requestId).toBe("request-1");
  });
});

describe("a connection is a network failure when it is", () => {
  test.each<[string, Respond]>([
    ["reset before the headers", writeAndReset()],
    ["closed within the headers", writeAndClose(unfinished(200, credential).subarray(0, 40))],
    ["closed within the body", writeAndClose(unfinished(200, credential))],
    ["closed before the last chunk", writeAndClose(chunked(`15\r\n${credential}\r\n`))],
    ["broken by a chunk without a size", write(chunked(`${credential}\r\n`))],
    ["broken by a response that is not HTTP", write("220 smtp.example ESMTP\r\n")],
    ["broken by headers of 100 kB", complete(200, credential, { "X-Long": "x".repeat(100_000) })],
    [
      "switched to another protocol",
      write("HTTP/1.1 101 Switching\r\nUpgrade: made-up\r\nConnection: upgrade\r\n\r\n"),
    ],
  ])("%s", async (_case, respond) => {
    const error = await rejection(create(respond), RolloutNetworkError);
    expect(error).toMatchObject({ code: "network", attempts: 1, mayHaveSucceeded: true, cause: expect.any(Error) });
  });
});

describe("an error is known by its status when its body is", () => {
  const broken = { body: undefined, errors: [], cause: expect.any(Error) };
  test.each<[string, Respond, object]>([
    ["empty", complete(500), { code: "server_error", status: 500, body: undefined, errors: [] }],
    ["null", complete(404, "null"), { code: "not_found", body: null, errors: [], mayHaveSucceeded: false }],
    ["invalid UTF-8", complete(500, Buffer.from([0x7b, 0xff])), { code: "server_error", body: "{\ufffd" }],
    ["under a status of no class", complete(999, "{}"), { code: "unexpected_status", status: 999, body: {} }],
    ["cut off", writeAndClose(unfinished(503, "{")), { code: "server_error", mayHaveSucceeded: true, ...broken }],
    ["no gzip", complete(400, "{}", gzipped), { code: "bad_request", mayHaveSucceeded: false, ...broken }],
  ])("%s", async (_case, respond, expected) => {
    const error = await rejection(create(respond), RolloutApiError);
    expect(error).toMatchObject({ requestId: "request-1", attempts: 1, ...expected });
    expect(error.headers.get("x-marker")).toBe("kept");
  });

  test("stalled until the timeout", async () => {
    const fetch = async () => new Response(new ReadableStream({ pull: () => new Promise(() => {}) }), { status: 400 });
    const error = await rejection(callThings({ token: "made-up", fetch, timeout: 20 }, "POST"), RolloutApiError);
    expect(error).toMatchObject({ code: "bad_request", body: undefined, mayHaveSucceeded: false });
    expect(error.cause).toBeInstanceOf(Error);
  });
});

describe("a response is read", () => {
  test.each<[string, Respond]>([
    ["after a byte order mark", complete(200, `\ufeff${credential}`)],
    ["with a +json type", complete(200, credential, { "Content-Type": "application/vnd.rollout+json" })],
    ["without a type", complete(200, credential, { "Content-Type": "" })],
    ["when it is compressed", complete(200, gzipSync(credential), gzipped)],
    ["after Early Hints", write(`HTTP/1.1 103 Early Hints\r\n\r\n${responseBytes(200, credential)}`)],
  ])("%s", async (_case, respond) => {
    expect(await create(respond)).toEqual(JSON.parse(credential));
  });

  test.each([
    { id: "1", extra: [] },
    { ...challenge, id: 5 },
    { ...challenge, id: "1" },
  ])("with more members than the document promises: %j", async (body) =>
    expect(await create(complete(200, JSON.stringify(body)))).toEqual(body),
  );

  test("when an old library has added a member to every object", async () => {
    const legacy = { value: () => {}, enumerable: true, configurable: true, writable: true };
    Object.defineProperty(Object.prototype, "legacy", legacy);
    try {
      expect(await create(complete(200, credential))).toEqual(JSON.parse(credential));
    } finally {
      Reflect.deleteProperty(Object.prototype, "legacy");
    }
  });
});

test("a credential whose otpChallengeId is null is no challenge", async () => {
  const fetch = async () => Response.json({ id: "1", otpChallengeId: null, message: null });
  const { credentials } = createRolloutClient({ token: "made-up", fetch, webSocket: WebSocket });
  expect(isOtpChallenge(await credentials.create(input))).toBe(false);
  const onOtp = () => expect.fail("nobody is to be asked");
  expect(await credentials.create(input, { onOtp })).toMatchObject({ id: "1" });
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

test("a response may have 10 MiB by default, and no byte more", async () => {
  const body = `"${"x".repeat(MAX_RESPONSE_BYTES - 2)}"`;
  const call = (text: string) => callThings({ token: "made-up", fetch: async () => new Response(text) }, "POST");
  await expect(call(body)).resolves.toHaveLength(MAX_RESPONSE_BYTES - 2);
  await expect(call(`${body} `)).rejects.toMatchObject({ code: "invalid_response" });
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

test("a 304 is an unexpected status, not a redirect", async () => {
  const fetch = async () => new Response(null, { status: 304 });
  const failure = await rejection(callThings({ token: "made-up", fetch }, "GET"), RolloutApiError);
  expect(failure).toMatchObject({ code: "unexpected_status", status: 304 });
});
