import { AnswerTooLong } from "./answer.ts";
import { DeadlineExceeded } from "./deadline.ts";
import type { AttemptFailure } from "./retry.ts";

// What Node's fetch (undici) puts into the `cause` of its TypeError when a connection could not be made: names that did
// not resolve, hosts that refused or were not reached, and TLS handshakes that failed before any request byte was written.
const UNSENT_CODES: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

// Node has no code of its own for a peer that leaves in the middle of the TLS handshake, or answers it in another protocol.
const UNFINISHED_HANDSHAKE = /before secure TLS connection was established/;
const REFUSED_HANDSHAKE =
  /^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNSUPPORTED_PROTOCOL|(?:SSL\/)?TLSV1_ALERT_|SSLV3_ALERT_HANDSHAKE_FAILURE|NO_PROTOCOLS_AVAILABLE)/;

const TIMEOUT_CODES: ReadonlySet<string> = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"]);

/** Tells from what was thrown how an attempt failed; `answered` when the head of a success had come. */
export function attemptFailure(thrown: unknown, sent: boolean, answered: boolean): AttemptFailure {
  if (thrown instanceof DeadlineExceeded || ranOutOfTime(thrown)) return { kind: "timeout", sent };
  if (!sent) return { kind: "unsent" };
  if (answered) return { kind: isUnreadable(thrown) ? "unreadable" : "lost" };
  return { kind: failedBeforeSending(thrown) ? "unsent" : "lost" };
}

/**
 * Did `fetch` fail before anything was sent? `false` wherever that cannot be told: browsers and most runtimes give one
 * error for everything that can go wrong on a connection.
 */
function failedBeforeSending(failure: unknown): boolean {
  const cause = causeOf(failure);
  if (cause === undefined) return false;
  if (cause instanceof AggregateError && cause.errors.length > 0) return cause.errors.every(isConnectFailure);
  return isConnectFailure(cause);
}

// The runtime's own time limits.
function ranOutOfTime(failure: unknown): boolean {
  return TIMEOUT_CODES.has(codeOf(causeOf(failure)));
}

// Too long, or not in the encoding that `Content-Encoding` names, which Node reports with the codes of zlib and Brotli.
function isUnreadable(failure: unknown): boolean {
  return (
    failure instanceof AnswerTooLong || /^(?:Z_|ERR__ERROR_FORMAT|ERR_BROTLI|ZSTD_)/.test(codeOf(causeOf(failure)))
  );
}

function causeOf(failure: unknown): unknown {
  return failure instanceof Error ? failure.cause : undefined;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

function isConnectFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  return (
    UNSENT_CODES.has(code) ||
    REFUSED_HANDSHAKE.test(code) ||
    UNFINISHED_HANDSHAKE.test(error.message) ||
    ("syscall" in error && error.syscall === "connect")
  );
}
