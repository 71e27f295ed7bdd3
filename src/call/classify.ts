import type { TransportFailure } from "../errors/attempt-failure.ts";
import { memberOf } from "../values/json.ts";
import { DeadlineExceeded } from "./deadline.ts";
import { UnreadableResponse } from "./response-body.ts";

// Codes that Node's fetch (undici) puts into the `cause` of its TypeError when no connection was made: the name did not
// resolve, the host refused, or the TLS handshake failed before any byte of the request was written. "Unreachable" is not
// among them: it also happens to connections that were made. Nor are TLS alerts that may follow the handshake.
const UNSENT_CODE =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|CERT_|UNABLE_TO_|(?:DEPTH_ZERO_)?SELF_SIGNED_CERT|ERR_TLS_CERT)/;

// OpenSSL uses the same codes for data that is garbled after the handshake. Node's fetch hides those; another one may not.
const FAILED_HANDSHAKE_CODE =
  /^ERR_SSL_(?:WRONG_VERSION_NUMBER|(?:PACKET|DATA)_LENGTH_TOO_LONG|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS_AVAILABLE|\S+_(?:HANDSHAKE_FAILURE|PROTOCOL_VERSION|UNRECOGNIZED_NAME|INSUFFICIENT_SECURITY|NO_APPLICATION_PROTOCOL)$)/;

// Node has no code for a peer that hangs up during the TLS handshake, nor for a port that fetch blocks.
const UNSENT_MESSAGE = /before secure TLS connection was established|^bad port$/;

// The platform's own time limits.
const TIMEOUT_CODE = /^UND_ERR_(?:HEADERS|BODY)_TIMEOUT$/;

// A body that is not in the encoding that `Content-Encoding` names: Node reports the codes of zlib, Brotli and Zstandard.
const DECODING_CODE = /^(?:Z_|ERR__ERROR_FORMAT|ERR_BROTLI|ZSTD_)/;

/** What is known about an attempt that threw. */
export interface ThrownAttempt {
  /** What was thrown. */
  readonly thrown: unknown;
  /** Whether `fetch` had been called. */
  readonly sent: boolean;
  /** Whether the head of a success had arrived. */
  readonly responded: boolean;
  /** Whether `fetch` is the platform's, whose error codes are known. */
  readonly platformFetch: boolean;
}

/** Determines how an attempt failed. */
export function classify({ thrown, sent, responded, platformFetch }: ThrownAttempt): TransportFailure {
  try {
    const cause = thrown instanceof Error ? thrown.cause : undefined;
    const code = codeOf(cause);
    if (thrown instanceof DeadlineExceeded || TIMEOUT_CODE.test(code)) return { kind: "timeout", sent };
    if (!sent) return { kind: "unsent" };
    if (thrown instanceof UnreadableResponse || DECODING_CODE.test(code)) return { kind: "unreadable" };
    const connectFailed = isConnectFailure(cause) || (platformFetch && FAILED_HANDSHAKE_CODE.test(code));
    if (connectFailed && !responded) return { kind: "unsent" };
    const isNetworkError = platformFetch || responded || code !== "" || codeOf(thrown) !== "";
    return isNetworkError ? { kind: "lost" } : { kind: "lost", byFetchOption: true };
  } catch {
    // An error whose properties throw. What they throw may hold a secret.
    return { kind: sent ? "lost" : "unsent" };
  }
}

// Browsers and most runtimes use one error for every connection failure: it counts as a lost connection.
function isConnectFailure(error: unknown): boolean {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.every(isConnectFailure);
  return (
    error instanceof Error &&
    (UNSENT_CODE.test(codeOf(error)) || UNSENT_MESSAGE.test(error.message) || memberOf(error, "syscall") === "connect")
  );
}

function codeOf(error: unknown): string {
  const code = memberOf(error, "code");
  return typeof code === "string" ? code : "";
}
