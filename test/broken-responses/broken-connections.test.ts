import { gzipSync } from "node:zlib";
import { createRolloutClient, RolloutApiError, RolloutNetworkError, RolloutResponseError } from "rollout-client";
import { describe, expect, test } from "vitest";
import { rejection } from "../support/rejection.ts";
import {
  type Answer,
  answerBytes,
  startSocketServer,
  write,
  writeAndClose,
  writeAndReset,
} from "../support/socket-server.ts";
import { callThings } from "../support/things.ts";

const kept = { "X-Request-Id": "request-1", "X-Marker": "kept" };
const credential = '{"id":"credential-1"}';
const input = { appKey: "gmail", userInputs: { apiKey: "made-up" } };

function complete(status: number, body: string | Uint8Array = "", headers: Record<string, string> = {}): Answer {
  return write(answerBytes(status, body, { ...kept, ...headers }));
}

/** An answer whose head promises more than comes. */
function unfinished(status: number, body: string, promised = 1_000): Buffer {
  return answerBytes(status, body, { ...kept, "Content-Length": String(promised) });
}

function chunked(status: number, chunks: string): Buffer {
  const head = answerBytes(status, "", { ...kept, "Transfer-Encoding": "chunked" }).toString("latin1");
  return Buffer.from(head.replace("Content-Length: 0\r\n", "") + chunks, "latin1");
}

async function create(answer: Answer, settings: { timeout?: number } = {}): Promise<unknown> {
  const { url } = await startSocketServer(answer);
  return createRolloutClient({ baseUrl: url, token: "made-up", retry: false, ...settings }).credentials.create(input);
}

async function post(answer: Answer, settings: { timeout?: number } = {}): Promise<unknown> {
  const { url } = await startSocketServer(answer);
  return callThings({ baseUrl: url, token: "made-up", retry: false, ...settings }, "POST");
}

const callers = [
  ["credentials.create", create],
  ["api.POST", post],
] as const;

describe.each(callers)("%s", (_name, call) => {
  const unreadable: [string, Answer][] = [
    ["JSON that ends too early", complete(200, credential.slice(0, -2))],
    ["HTML", complete(200, "<!doctype html><title>Welcome</title>", { "Content-Type": "text/html" })],
    ["text that is called JSON", complete(200, "OK")],
    ["invalid UTF-8", complete(200, Buffer.from(credential.replace("1", "\xff"), "latin1"))],
    ["UTF-16", complete(200, Buffer.from(credential, "utf16le"))],
    ["nothing but white space", complete(200, "  \n")],
    ["a Content-Length that is too short", complete(200, credential, { "Content-Length": "9" })],
    ["plain text that is called gzip", complete(200, credential, { "Content-Encoding": "gzip" })],
    ["gzip that ends too early", complete(200, gzipSync(credential).subarray(0, 20), { "Content-Encoding": "gzip" })],
    ["plain text that is called Brotli", complete(200, credential, { "Content-Encoding": "br" })],
  ];
  test.each(unreadable)("a success with %s is an invalid response", async (_case, answer) => {
    const error = await rejection(call(answer), RolloutResponseError);
    expect(error).toMatchObject({ code: "invalid_response", status: 200, attempts: 1, mayHaveSucceeded: true });
    expect(error).toMatchObject({ requestId: "request-1", cause: expect.any(Error) });
    expect(error.headers.get("x-marker")).toBe("kept");
  });

  const lost: [string, Answer][] = [
    ["reset before the headers", writeAndReset()],
    ["closed before the headers", writeAndClose("")],
    ["reset within the headers", writeAndReset(unfinished(200, credential).subarray(0, 40))],
    ["closed within the headers", writeAndClose(unfinished(200, credential).subarray(0, 40))],
    ["closed within the body", writeAndClose(unfinished(200, credential))],
    ["closed within a chunk", writeAndClose(chunked(200, "15\r\n{"))],
    ["closed before the last chunk", writeAndClose(chunked(200, `15\r\n${credential}\r\n`))],
    ["broken by a chunk size that is none", write(chunked(200, `${credential}\r\n`))],
    ["broken by an answer that is not HTTP", write("220 smtp.example ESMTP\r\n")],
    ["broken by more headers than anyone reads", complete(200, credential, { "X-Long": "x".repeat(100_000) })],
    [
      "turned into another protocol",
      write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: made-up\r\nConnection: upgrade\r\n\r\n"),
    ],
  ];
  test.each(lost)("a connection that is %s is a network failure", async (_case, answer) => {
    const error = await rejection(call(answer), RolloutNetworkError);
    expect(error).toMatchObject({ code: "network", attempts: 1, mayHaveSucceeded: true, cause: expect.any(Error) });
  });

  const failed: [string, Answer, object][] = [
    ["an empty 500", complete(500), { code: "server_error", status: 500, body: undefined, errors: [] }],
    ["a 500 of null", complete(500, "null"), { code: "server_error", body: null, errors: [] }],
    ["a 500 of a string", complete(500, '"down"'), { code: "server_error", body: "down", errors: [] }],
    ["a 400 of null", complete(400, "null"), { code: "bad_request", body: null, errors: [], mayHaveSucceeded: false }],
    ["an empty 404", complete(404), { code: "not_found", body: undefined, mayHaveSucceeded: false }],
    [
      "a 502 of HTML",
      complete(502, "<h1>Bad Gateway</h1>", { "Content-Type": "text/html" }),
      { code: "server_error", status: 502, body: "<h1>Bad Gateway</h1>", errors: [], mayHaveSucceeded: true },
    ],
    ["a 502 of half a JSON", complete(502, '{"errors":['), { code: "server_error", body: '{"errors":[' }],
    ["a 500 of invalid UTF-8", complete(500, Buffer.from([0x7b, 0xff])), { code: "server_error", body: "{\ufffd" }],
    [
      "a 400 of problem+json",
      complete(400, '{"errors":[{"message":"no"}]}', { "Content-Type": "application/problem+json" }),
      {
        code: "bad_request",
        errors: [{ message: "no" }],
        message: expect.stringContaining("responded with 400: no. "),
      },
    ],
    ["a status out of this world", complete(999, "{}"), { code: "unexpected_status", status: 999, body: {} }],
    ["a 500 closed within the body", writeAndClose(unfinished(500, "{")), { code: "server_error", body: undefined }],
    [
      "a 400 called gzip",
      complete(400, "{}", { "Content-Encoding": "gzip" }),
      { code: "bad_request", body: undefined },
    ],
  ];
  test.each(failed)("%s is known by its status", async (_case, answer, expected) => {
    const error = await rejection(call(answer), RolloutApiError);
    expect(error).toMatchObject({ requestId: "request-1", attempts: 1, ...expected });
    expect(error.headers.get("x-marker")).toBe("kept");
  });

  test("what broke the body of an error is its cause", async () => {
    const error = await rejection(call(writeAndClose(unfinished(503, "{"))), RolloutApiError);
    expect(error).toMatchObject({ code: "server_error", status: 503, cause: expect.any(Error) });
  });

  const fine: [string, Answer][] = [
    ["in one piece", complete(200, credential)],
    ["after a byte order mark", complete(200, `\ufeff${credential}`)],
    ["of a +json type", complete(200, credential, { "Content-Type": "application/vnd.rollout+json" })],
    ["without a type", complete(200, credential, { "Content-Type": "" })],
    ["in an encoding that it has", complete(200, gzipSync(credential), { "Content-Encoding": "gzip" })],
    ["with another 2xx", complete(299, credential)],
    ["in chunks", write(chunked(200, `1\r\n{\r\n14\r\n${credential.slice(1)}\r\n0\r\n\r\n`))],
    ["without a length, until the connection closes", writeAndClose(`HTTP/1.1 200 OK\r\n\r\n${credential}`)],
    ...["102 Processing", "103 Early Hints", "199 Made Up"].map((line): [string, Answer] => [
      `after an informational ${line}`,
      write(`HTTP/1.1 ${line}\r\nLink: </style.css>\r\n\r\n${answerBytes(200, credential)}`),
    ]),
  ];
  test.each(fine)("an answer %s is read", async (_case, answer) => {
    await expect(call(answer)).resolves.toEqual(JSON.parse(credential));
  });
});
