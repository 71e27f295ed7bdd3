import { UnreadableAnswer } from "./answer.ts";
import { DeadlineExceeded } from "./deadline.ts";
import { memberOf } from "./json.ts";
import type { AttemptFailure } from "./retry.ts";

// What Node's fetch (undici) puts into the `cause` of its TypeError when a connection could not be made: names that did
// not resolve, hosts that refused, and TLS handshakes that failed before any request byte was written. That a host cannot be reached is
// not in it: it happens to connections that were made, too. Nor are alerts of TLS that may come after the handshake.
const UNSENT_CODE =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|CERT_|UNABLE_TO_|(?:DEPTH_ZERO_)?SELF_SIGNED_CERT|ERR_TLS_CERT)/;

// OpenSSL has the same words for a stream that is garbled later. Node's fetch keeps those to itself; another one may not.
const FAILED_HANDSHAKE =
  /^ERR_SSL_(?:WRONG_VERSION_NUMBER|(?:PACKET|DATA)_LENGTH_TOO_LONG|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS_AVAILABLE|\S+_(?:HANDSHAKE_FAILURE|PROTOCOL_VERSION|UNRECOGNIZED_NAME|INSUFFICIENT_SECURITY|NO_APPLICATION_PROTOCOL)$)/;

// Node has no code of its own for a peer that leaves in the middle of the TLS handshake, nor for a port that fetch refuses.
const UNSENT_MESSAGE = /before secure TLS connection was established|^bad port$/;

/** Tells from what was thrown how an attempt failed; `answered` when the head of a success had come. */
export function attemptFailure(thrown: unknown, sent: boolean, answered: boolean, byPlatform: boolean): AttemptFailure {
  if (thrown instanceof DeadlineExceeded || ranOutOfTime(thrown)) return { kind: "timeout", sent };
  if (!sent) return { kind: "unsent" };
  if (isUnreadable(thrown)) return { kind: "unreadable" };
  return { kind: !answered && failedBeforeSending(thrown, byPlatform) ? "unsent" : "lost" };
}

/**
 * Did `fetch` fail before anything was sent? `false` wherever that cannot be told: browsers and most runtimes give one
 * error for everything that can go wrong on a connection.
 */
function failedBeforeSending(failure: unknown, byPlatform: boolean): boolean {
  const cause = causeOf(failure);
  if (cause === undefined) return false;
  if (byPlatform && FAILED_HANDSHAKE.test(codeOf(cause))) return true;
  if (cause instanceof AggregateError && cause.errors.length > 0) return cause.errors.every(isConnectFailure);
  return isConnectFailure(cause);
}

// The runtime's own time limits.
function ranOutOfTime(failure: unknown): boolean {
  return /^UND_ERR_(?:HEADERS|BODY)_TIMEOUT$/.test(codeOf(causeOf(failure)));
}

// Not a Response, too long, or not in the encoding that `Content-Encoding` names, which Node reports with the codes of zlib and Brotli.
function isUnreadable(failure: unknown): boolean {
  return (
    failure instanceof UnreadableAnswer || /^(?:Z_|ERR__ERROR_FORMAT|ERR_BROTLI|ZSTD_)/.test(codeOf(causeOf(failure)))
  );
}

function causeOf(failure: unknown): unknown {
  return failure instanceof Error ? failure.cause : undefined;
}

function codeOf(error: unknown): string {
  const code = memberOf(error, "code");
  return typeof code === "string" ? code : "";
}

function isConnectFailure(error: unknown): boolean {
  return (
    error instanceof Error &&
    (UNSENT_CODE.test(codeOf(error)) || UNSENT_MESSAGE.test(error.message) || memberOf(error, "syscall") === "connect")
  );
}
