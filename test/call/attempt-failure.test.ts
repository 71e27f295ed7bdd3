import { describe, expect, test } from "vitest";
import { attemptFailure as attemptFailureOf } from "../../src/connection.ts";
import { RolloutNetworkError } from "../../src/errors.ts";
import { rejection } from "../support/rejection.ts";
import { startRawServer } from "../support/socket-server.ts";
import { callThings } from "../support/things.ts";

// Whether a request may be sent again depends on what a failed fetch tells: a POST only when nothing can have been sent.

/** How an attempt of the platform's own `fetch` failed. */
function attemptFailure(thrown: unknown, sent: boolean, answered: boolean) {
  return attemptFailureOf(thrown, sent, answered, true);
}

/** What Node's `fetch` throws: the reason is in the cause. */
function fetchFailed(cause: unknown): TypeError {
  return new TypeError("fetch failed", { cause });
}

function systemError(code: string, syscall?: string): Error {
  return Object.assign(new Error(`${syscall ?? "it"} failed`), { code }, syscall === undefined ? {} : { syscall });
}

describe("nothing was sent when", () => {
  test.each([
    ["the name is not known", systemError("ENOTFOUND", "getaddrinfo")],
    ["the name cannot be asked for", systemError("EAI_AGAIN", "getaddrinfo")],
    ["the host refuses", systemError("ECONNREFUSED", "connect")],
    ["the host is not reached", systemError("EHOSTUNREACH", "connect")],
    ["the host does not answer", systemError("ETIMEDOUT", "connect")],
    ["the connection takes too long", systemError("UND_ERR_CONNECT_TIMEOUT")],
    ["the certificate has expired", systemError("CERT_HAS_EXPIRED")],
    ["the issuer of the certificate is not known", systemError("UNABLE_TO_VERIFY_LEAF_SIGNATURE")],
    ["the certificate is signed by itself", systemError("DEPTH_ZERO_SELF_SIGNED_CERT")],
    ["a certificate of the chain is signed by itself", systemError("SELF_SIGNED_CERT_IN_CHAIN")],
    ["the certificate is for another name", systemError("ERR_TLS_CERT_ALTNAME_INVALID")],
    ["the handshake brings too long a packet", systemError("ERR_SSL_PACKET_LENGTH_TOO_LONG")],
    ["the handshake brings too long a record", systemError("ERR_SSL_DATA_LENGTH_TOO_LONG")],
    ["the handshake finds nothing in common", systemError("ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE")],
    ["the handshake finds nothing in common, for OpenSSL 3.5", systemError("ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE")],
    ["the handshake finds no version in common", systemError("ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION")],
    ["the handshake finds no such host", systemError("ERR_SSL_TLSV1_UNRECOGNIZED_NAME")],
    ["fetch refuses the port", new Error("bad port")],
    ["no version of TLS is allowed", systemError("ERR_SSL_NO_PROTOCOLS_AVAILABLE")],
    [
      "each address of the host refuses",
      new AggregateError([systemError("ECONNREFUSED", "connect"), systemError("ETIMEDOUT", "connect")]),
    ],
  ])("%s", (_case, cause) => {
    expect(attemptFailure(fetchFailed(cause), true, false)).toEqual({ kind: "unsent" });
  });

  test("it fails before the request is handed to fetch", () => {
    expect(attemptFailure(new Error("early"), false, false)).toEqual({ kind: "unsent" });
  });
});

describe("something may have been sent when", () => {
  test.each([
    ["a connection that was made is reset", systemError("ECONNRESET", "read")],
    ["a connection that was made gives no sign", systemError("ETIMEDOUT", "read")],
    ["a connection that was made does not reach its host any more", systemError("EHOSTUNREACH", "read")],
    ["the peer closes", systemError("UND_ERR_SOCKET")],
    ["the peer ends TLS for a reason of its own", systemError("ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR")],
    [
      "the peer wants a certificate, which it says after the handshake",
      systemError("ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"),
    ],
    ["one address of the host does more than refuse", new AggregateError([systemError("ECONNREFUSED"), new Error()])],
    ["many reasons are promised and none is given", new AggregateError([])],
    ["the cause is not an error", { code: "ECONNREFUSED" }],
    ["the cause is null", null],
    ["there is no cause", undefined],
  ])("%s", (_case, cause) => {
    expect(attemptFailure(fetchFailed(cause), true, false)).toEqual({ kind: "lost" });
  });

  test.each(["ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_PACKET_LENGTH_TOO_LONG"])(
    "another fetch says %s, which may be of a stream that is garbled after the handshake",
    (code) => {
      expect(attemptFailureOf(fetchFailed(systemError(code)), true, false, false)).toEqual({ kind: "lost" });
    },
  );

  test("what is thrown is not an error", () => {
    expect(attemptFailure({ cause: systemError("ECONNREFUSED") }, true, false)).toEqual({ kind: "lost" });
  });
});

test.each(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"])(
  "a time limit of the runtime is a timeout: %s",
  (code) => {
    expect(attemptFailure(fetchFailed(systemError(code)), true, false)).toEqual({ kind: "timeout", sent: true });
    expect(attemptFailure(fetchFailed(systemError(code)), true, true)).toEqual({ kind: "timeout", sent: true });
  },
);

describe("once the head of a success has come", () => {
  test.each([
    "Z_DATA_ERROR",
    "Z_BUF_ERROR",
    "ERR__ERROR_FORMAT_PADDING_1",
    "ERR_BROTLI_INVALID",
    "ZSTD_error_prefix_unknown",
  ])("a body in another encoding than it says cannot be read: %s", (code) => {
    expect(attemptFailure(fetchFailed(systemError(code)), true, true)).toEqual({ kind: "unreadable" });
  });

  test("any other failure is a lost connection, even one to connect", () => {
    for (const code of ["ECONNRESET", "UND_ERR_SOCKET", "ECONNREFUSED"]) {
      expect(attemptFailure(fetchFailed(systemError(code)), true, true)).toEqual({ kind: "lost" });
    }
  });
});

/** A record of TLS: the first byte is its type, then come the version and the length. */
function record(type: number, content: readonly number[]): Buffer {
  return Buffer.from([type, 3, 3, 0, content.length, ...content]);
}

const ALERT = 21;
const HANDSHAKE = 22;
const FATAL = 2;
const HANDSHAKE_FAILURE = 40;
const PROTOCOL_VERSION = 70;
const UNRECOGNIZED_NAME = 112;
// A ServerHello for TLS 1.0: version, random, no session, a cipher suite, no compression.
const oldVersion = [3, 1, ...Array<number>(32).fill(0), 0, 0xc0, 0x2f, 0];

test.each([
  ["broken off", Buffer.alloc(0)],
  ["refused for want of anything in common", record(ALERT, [FATAL, HANDSHAKE_FAILURE])],
  ["refused for the name of the host", record(ALERT, [FATAL, UNRECOGNIZED_NAME])],
  ["refused for its version", record(ALERT, [FATAL, PROTOCOL_VERSION])],
  ["answered with a version that is too old", record(HANDSHAKE, [2, 0, 0, oldVersion.length, ...oldVersion])],
])("nothing was sent when a TLS handshake is %s", async (_case, bytes) => {
  const { port } = await startRawServer((socket) => {
    socket.once("data", () => socket.end(bytes));
  });
  const call = callThings({ baseUrl: `https://127.0.0.1:${port}`, token: "made-up", retry: false }, "POST");
  const failure = await rejection(call, RolloutNetworkError);
  expect(failure).toMatchObject({ code: "network", attempts: 1, mayHaveSucceeded: false });
  expect(failure.message).toContain("nothing was sent");
});
