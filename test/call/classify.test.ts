import { RolloutNetworkError } from "rollout-client";
import { expect, test } from "vitest";
import { classify } from "../../src/call/classify.ts";
import { DeadlineExceeded } from "../../src/call/deadline.ts";
import { UnreadableResponse } from "../../src/call/response-body.ts";
import { rejection } from "../support/rejection.ts";
import { startRawServer } from "../support/socket-server.ts";
import { callThings } from "../support/things.ts";

const sent = { sent: true, responded: false, platformFetch: true };
const responded = { ...sent, responded: true };

/** What Node's `fetch` throws: the reason is in the cause. */
function fetchFailed(cause: unknown): TypeError {
  return new TypeError("fetch failed", { cause });
}

function systemError(code: unknown, syscall?: string): Error {
  return Object.assign(new Error(`${syscall ?? "it"} failed`), { code }, syscall === undefined ? {} : { syscall });
}

test.each<[string, Error]>([
  ...[
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "UND_ERR_CONNECT_TIMEOUT",
    "CERT_HAS_EXPIRED",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "ERR_SSL_WRONG_VERSION_NUMBER",
    "ERR_SSL_PACKET_LENGTH_TOO_LONG",
    "ERR_SSL_DATA_LENGTH_TOO_LONG",
    "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE",
    "ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE",
    "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION",
    "ERR_SSL_UNSUPPORTED_PROTOCOL",
    "ERR_SSL_TLSV1_UNRECOGNIZED_NAME",
    "ERR_SSL_TLSV1_ALERT_INSUFFICIENT_SECURITY",
    "ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL",
    "ERR_SSL_NO_PROTOCOLS_AVAILABLE",
  ].map((code): [string, Error] => [`the code is ${code}`, systemError(code)]),
  ["the host is unreachable", systemError("EHOSTUNREACH", "connect")],
  ["the host does not accept in time", systemError("ETIMEDOUT", "connect")],
  ["the peer leaves before TLS", new Error("socket disconnected before secure TLS connection was established")],
  ["fetch refuses the port", new Error("bad port")],
  [
    "each address of the host refuses",
    new AggregateError([systemError("ECONNREFUSED", "connect"), systemError("ETIMEDOUT", "connect")]),
  ],
])("an attempt is unsent when %s, but lost once a response has begun", (_case, cause) => {
  expect(classify({ ...sent, thrown: fetchFailed(cause) })).toEqual({ kind: "unsent" });
  expect(classify({ ...responded, thrown: fetchFailed(cause) })).toEqual({ kind: "lost" });
});

test.each<[string, unknown]>([
  ["an open connection is reset", fetchFailed(systemError("ECONNRESET", "read"))],
  ["an open connection times out", fetchFailed(systemError("ETIMEDOUT", "read"))],
  ["an open connection loses its host", fetchFailed(systemError("EHOSTUNREACH", "read"))],
  ["the peer closes the connection", fetchFailed(systemError("UND_ERR_SOCKET"))],
  ["the peer ends TLS with an internal error", fetchFailed(systemError("ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR"))],
  [
    "the peer requires a certificate, after the handshake",
    fetchFailed(systemError("ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED")),
  ],
  [
    "one address of the host fails otherwise",
    fetchFailed(new AggregateError([systemError("ECONNREFUSED"), new Error()])),
  ],
  ["an aggregate error is empty", fetchFailed(new AggregateError([]))],
  ["the code is a number", fetchFailed(systemError(7))],
  ["the cause is not an error", fetchFailed({ code: "ECONNREFUSED" })],
  ["the cause is null", fetchFailed(null)],
  ["there is no cause", fetchFailed(undefined)],
  ["what is thrown is not an error", { cause: systemError("ECONNREFUSED") }],
  ["the error cannot be read", Object.defineProperty(new Error(), "cause", { get: () => fail("a secret") })],
])("an attempt is lost when %s, and unsent if fetch was not called", (_case, thrown) => {
  expect(classify({ ...sent, thrown })).toEqual({ kind: "lost" });
  expect(classify({ ...sent, sent: false, thrown })).toEqual({ kind: "unsent" });
});

function fail(message: string): never {
  throw new Error(message);
}

test.each(["ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_PACKET_LENGTH_TOO_LONG"])(
  "%s from another fetch than the platform's is a lost connection: the stream may be garbled after the handshake",
  async (code) => {
    const thrown = fetchFailed(systemError(code));
    expect(classify({ ...sent, platformFetch: false, thrown })).toEqual({ kind: "lost" });
    const call = callThings({ token: "made-up", fetch: () => Promise.reject(thrown) }, "POST");
    expect(await rejection(call, RolloutNetworkError)).toMatchObject({ attempts: 1, mayHaveSucceeded: true });
  },
);

test.each([
  ["the deadline", new DeadlineExceeded()],
  ["the runtime's limit for headers", fetchFailed(systemError("UND_ERR_HEADERS_TIMEOUT"))],
  ["the runtime's limit for the body", fetchFailed(systemError("UND_ERR_BODY_TIMEOUT"))],
])("%s is a timeout, before and after sending", (_case, thrown) => {
  expect(classify({ ...sent, sent: false, thrown })).toEqual({ kind: "timeout", sent: false });
  expect(classify({ ...sent, thrown })).toEqual({ kind: "timeout", sent: true });
  expect(classify({ ...responded, thrown })).toEqual({ kind: "timeout", sent: true });
});

test.each([
  ["an UnreadableResponse", new UnreadableResponse("too long")],
  ...["Z_DATA_ERROR", "Z_BUF_ERROR", "ERR__ERROR_FORMAT_PADDING_1", "ERR_BROTLI_INVALID", "ZSTD_error_unknown"].map(
    (code): [string, Error] => [`a body that cannot be decoded (${code})`, fetchFailed(systemError(code))],
  ),
])("%s is unreadable", (_case, thrown) => {
  expect(classify({ ...sent, thrown })).toEqual({ kind: "unreadable" });
  expect(classify({ ...responded, thrown })).toEqual({ kind: "unreadable" });
});

/** A fatal alert of TLS: the type of the record, version, length, level and reason. */
const alert = (reason: number) => Buffer.from([21, 3, 3, 0, 2, 2, reason]);
// A handshake record with a ServerHello for TLS 1.0: version, random, no session, a cipher suite, no compression.
const oldVersion = Buffer.from([22, 3, 3, 0, 42, 2, 0, 0, 38, 3, 1, ...Array<number>(32).fill(0), 0, 0xc0, 0x2f, 0]);

test.each([
  ["closed", Buffer.alloc(0)],
  ["continued in plain text", Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")],
  ["refused: nothing in common", alert(40)],
  ["refused: unknown host", alert(112)],
  ["refused: protocol version", alert(70)],
  ["continued with an old version", oldVersion],
])("a POST whose TLS handshake is %s was not sent", async (_case, bytes) => {
  const { port } = await startRawServer((socket) => {
    socket.once("data", () => socket.end(bytes));
  });
  const call = callThings({ baseUrl: `https://127.0.0.1:${port}`, token: "made-up", retry: false }, "POST");
  const failure = await rejection(call, RolloutNetworkError);
  expect(failure).toMatchObject({ code: "network", attempts: 1, mayHaveSucceeded: false });
  expect(failure.message).toContain("nothing was sent");
});
