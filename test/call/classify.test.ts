import { RolloutNetworkError } from "rollout-client";
import { expect, test } from "vitest";
import { classify, UnreadableResponse } from "../../src/call/classify.ts";
import { DeadlineExceeded } from "../../src/call/deadline.ts";
import { rejection } from "../support/rejection.ts";
import { startRawServer } from "../support/socket-server.ts";
import { callThings } from "../support/things.ts";

interface Members {
  readonly code?: unknown;
  readonly syscall?: string;
  readonly errors?: readonly unknown[];
  readonly cause?: unknown;
}

/** An error of Node. */
function failed(members: Members, message = "it failed"): Error {
  return Object.assign(new Error(message), members);
}

/** What Node's `fetch` throws: the reason is in the cause. */
function fetchFailed(cause: unknown): TypeError {
  return new TypeError("fetch failed", { cause });
}

const refused = { code: "ECONNREFUSED", syscall: "connect" };
const tunnelRefused = (status: number): Error =>
  failed({ code: "UND_ERR_ABORTED" }, `Proxy response (${status}) !== 200 when HTTP Tunneling`);

const UNSENT = { kind: "unsent" };
const LOST = { kind: "lost" };
const TIMEOUT = { kind: "timeout" };
const UNREADABLE = { kind: "unreadable" };
const WRONG_AGENT = { kind: "unsendable", remedy: expect.stringContaining("undici") };
const BY_OPTION = { kind: "lost", byFetchOption: true };

const handshakes = [
  "WRONG_VERSION_NUMBER",
  "PACKET_LENGTH_TOO_LONG",
  "DATA_LENGTH_TOO_LONG",
  "SSLV3_ALERT_HANDSHAKE_FAILURE",
  "SSL/TLS_ALERT_HANDSHAKE_FAILURE",
  "TLSV1_ALERT_PROTOCOL_VERSION",
  "UNSUPPORTED_PROTOCOL",
  "TLSV1_UNRECOGNIZED_NAME",
  "TLSV1_ALERT_INSUFFICIENT_SECURITY",
  "TLSV1_ALERT_NO_APPLICATION_PROTOCOL",
  "NO_PROTOCOLS_AVAILABLE",
].map((name) => `ERR_SSL_${name}`);
const certificates = [
  "CERT_HAS_EXPIRED",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "ERR_TLS_CERT_ALTNAME_INVALID",
];
const names: readonly (readonly [syscall: string, code: string])[] = [
  ["getaddrinfo", "ENOTFOUND"],
  ["getaddrinfo", "EAI_AGAIN"],
  ["getaddrinfo", "EAI_FAIL"],
  ["getaddrinfo", "EAI_NODATA"],
  ["queryA", "ESERVFAIL"],
  ["queryAaaa", "ETIMEOUT"],
];

// How an attempt failed before a response began: with the platform's `fetch`, and with the caller's own.
test.each<[string, unknown, object, object?]>([
  ...handshakes.map((code): [string, Error, object, object] => [code, fetchFailed(failed({ code })), UNSENT, LOST]),
  ...["ECONNREFUSED", "UND_ERR_CONNECT_TIMEOUT", "UND_ERR_PRX_TLS", ...certificates].map(
    (code): [string, Error, object] => [code, fetchFailed(failed({ code })), UNSENT],
  ),
  ...names.map(([syscall, code]): [string, Error, object] => [code, fetchFailed(failed({ code, syscall })), UNSENT]),
  ["a refusal of node-fetch", failed({ code: "ECONNREFUSED" }), UNSENT],
  ["an unreachable host", fetchFailed(failed({ code: "EHOSTUNREACH", syscall: "connect" })), UNSENT],
  ["a host that does not accept", fetchFailed(failed({ code: "ETIMEDOUT", syscall: "connect" })), UNSENT],
  ["a peer that leaves before TLS", fetchFailed(failed({}, "before secure TLS connection was established")), UNSENT],
  ["a port that fetch blocks", fetchFailed(failed({}, "bad port")), UNSENT],
  ["addresses that all refuse", fetchFailed(failed({ errors: [failed(refused), failed(refused)] })), UNSENT],
  ["a refused tunnel", fetchFailed(failed({ cause: tunnelRefused(407) })), { kind: "unsent", status: 407 }],
  [
    "credentials that a proxy wants",
    fetchFailed(failed({ code: "UND_ERR_INVALID_ARG" }, "Proxy Authentication Required (407)")),
    { kind: "unsent", status: 407 },
  ],
  ["an agent of another undici", fetchFailed(failed({ code: "UND_ERR_INVALID_ARG" })), WRONG_AGENT],
  ["what is no agent", fetchFailed(new TypeError("agent.dispatch is not a function")), WRONG_AGENT],
  ["an address that fails otherwise", fetchFailed(failed({ errors: [failed(refused), new Error()] })), LOST, BY_OPTION],
  ["a reset", fetchFailed(failed({ code: "ECONNRESET", syscall: "read" })), LOST],
  ["an open connection that times out", fetchFailed(failed({ code: "ETIMEDOUT", syscall: "read" })), LOST],
  ["an open connection that loses its host", fetchFailed(failed({ code: "EHOSTUNREACH", syscall: "read" })), LOST],
  ["a connection that the peer closes", fetchFailed(failed({ code: "UND_ERR_SOCKET" })), LOST],
  ["an alert after the handshake", fetchFailed(failed({ code: "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED" })), LOST],
  ["an address that is none", failed({ code: "ERR_INVALID_URL" }), LOST, BY_OPTION],
  ["an address that fetch cannot parse", fetchFailed(failed({ code: "ERR_INVALID_URL" })), LOST, BY_OPTION],
  ["a mistake", new TypeError("request.clone is not a function"), LOST, BY_OPTION],
  ["a code that is a number", fetchFailed(failed({ code: 7 })), LOST, BY_OPTION],
  ["a cause that is null", fetchFailed(null), LOST, BY_OPTION],
  ["undefined", undefined, LOST, BY_OPTION],
  ["the deadline", new DeadlineExceeded(), TIMEOUT],
  ["the platform's limit for headers", fetchFailed(failed({ code: "UND_ERR_HEADERS_TIMEOUT" })), TIMEOUT],
])("%s", (_case, thrown, expected, withOwnFetch = expected) => {
  expect(classify(thrown, false, false)).toEqual(expected);
  expect(classify(thrown, false, true)).toEqual(withOwnFetch);
});

test.each<[string, unknown, object]>([
  ["a refused connection", fetchFailed(failed(refused)), LOST],
  ["a refused tunnel", fetchFailed(failed({ cause: tunnelRefused(407) })), LOST],
  ["a mistake", new TypeError(), LOST],
  ["the platform's limit for the body", fetchFailed(failed({ code: "UND_ERR_BODY_TIMEOUT" })), TIMEOUT],
  ["a body that is too long", new UnreadableResponse(), UNREADABLE],
  ...["Z_DATA_ERROR", "Z_BUF_ERROR", "ERR__ERROR_FORMAT_PADDING_1", "ERR_BROTLI_INVALID", "ZSTD_error_unknown"].map(
    (code): [string, Error, object] => [code, fetchFailed(failed({ code })), UNREADABLE],
  ),
])("once a response has begun: %s", (_case, thrown, expected) => {
  expect(classify(thrown, true, true)).toEqual(expected);
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
});
