import { memberOf } from "../values.ts";
import type { Attempt } from "./attempt.ts";
import { DeadlineExceeded } from "./deadline.ts";

/** The response cannot be used: the body cannot be read or is longer than allowed, or `fetch` returned no response. */
export class UnreadableResponse extends Error {}

// Codes that Node's fetch (undici) puts into the `cause` of its TypeError when no connection was made: the host refused, or the
// TLS handshake failed before any byte of the request was written. "Unreachable" is not among them: it also happens to
// connections that were made. Nor are TLS alerts that may follow the handshake.
const UNSENT_CODE =
  /^(?:ECONNREFUSED|UND_ERR_CONNECT_TIMEOUT|CERT_|UNABLE_TO_|(?:DEPTH_ZERO_)?SELF_SIGNED_CERT|ERR_TLS_CERT)/;

// What names the host, or makes the connection.
const UNSENT_SYSCALL = /^(?:connect|getaddrinfo|query[A-Z])/;

// OpenSSL uses the same codes for data that is garbled after the handshake. Node's fetch hides those; another one may not.
const FAILED_HANDSHAKE_CODE =
  /^ERR_SSL_(?:WRONG_VERSION_NUMBER|(?:PACKET|DATA)_LENGTH_TOO_LONG|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS_AVAILABLE|\S+_(?:HANDSHAKE_FAILURE|PROTOCOL_VERSION|UNRECOGNIZED_NAME|INSUFFICIENT_SECURITY|NO_APPLICATION_PROTOCOL)$)/;

// Node has no code for a peer that hangs up during the TLS handshake, nor for a port that fetch blocks.
const UNSENT_MESSAGE = /before secure TLS connection was established|^bad port$/;

// A proxy that refuses to connect, or wants credentials: the codes of undici, and its messages, which name the status.
const PROXY_CODE = /^UND_ERR_PRX_/;
const PROXY_STATUS = /^Proxy (?:response|Authentication Required) \((\d{3})\)/;

// The platform's own time limits.
const TIMEOUT_CODE = /^UND_ERR_(?:HEADERS|BODY)_TIMEOUT$/;

// A body that is not in the encoding that `Content-Encoding` names: Node reports the codes of zlib, Brotli and Zstandard.
const DECODING_CODE = /^(?:Z_|ERR__ERROR_FORMAT|ERR_BROTLI|ZSTD_)/;

// An agent that this fetch cannot use: that of another major version of undici, or of node:http.
const AGENT_CODE = "UND_ERR_INVALID_ARG";
const AGENT_MESSAGE = /dispatch(?:er\S*)? is not a function/;

// A signal that this fetch cannot use: a test environment has put its own AbortController into the place of the platform's.
const SIGNAL_MESSAGE = /\bsignal\b.+\bAbortSignal\b/;

const MAX_CAUSES = 4;

/** Determines how an attempt failed after `fetch` was called, from what was thrown. */
export function classify(
  thrown: unknown,
  responded: boolean,
  ownFetch: boolean,
): Pick<Attempt, "kind" | "status" | "byFetchOption"> {
  const causes = causesOf(thrown);
  const codes = causes.map((error) => textAt(error, "code"));
  if (thrown instanceof DeadlineExceeded || codes.some((code) => TIMEOUT_CODE.test(code))) return { kind: "timeout" };
  if (thrown instanceof UnreadableResponse || codes.some((code) => DECODING_CODE.test(code))) {
    return { kind: "unreadable" };
  }
  if (!responded) {
    const proxyStatus = causes.map((error) => PROXY_STATUS.exec(textAt(error, "message"))?.[1]).find(Boolean);
    if (proxyStatus !== undefined) return { kind: "unsent", status: Number(proxyStatus) };
    if (remedyFor(thrown) !== undefined) return { kind: "unsendable" };
    if (codes.some((code) => PROXY_CODE.test(code))) return { kind: "unsent" };
    const failedHandshake = !ownFetch && codes.some((code) => FAILED_HANDSHAKE_CODE.test(code));
    if (failedHandshake || causes.some(isConnectFailure)) return { kind: "unsent" };
  }
  // A network error lies beneath the error of `fetch`. A code of Node's own on the error itself is a mistake in the function,
  // and so is an argument that is invalid.
  const isMistake = (code: string, depth: number): boolean => code.startsWith(depth === 0 ? "ERR_" : "ERR_INVALID_");
  const isNetworkError = codes.some((code, depth) => code !== "" && !isMistake(code, depth));
  return ownFetch && !responded && !isNetworkError ? { kind: "lost", byFetchOption: true } : { kind: "lost" };
}

/** What helps if `fetch` refuses what it is given beside the request. `undefined` for any other error. */
export function remedyFor(thrown: unknown): string | undefined {
  const causes = causesOf(thrown);
  const messages = causes.map((error) => textAt(error, "message"));
  if (
    causes.some((error) => textAt(error, "code") === AGENT_CODE) ||
    messages.some((text) => AGENT_MESSAGE.test(text))
  ) {
    return "Take the agent from the same version of undici as this fetch.";
  }
  if (!messages.some((text) => SIGNAL_MESSAGE.test(text))) return undefined;
  return "AbortController is not the platform's: in tests with jsdom, use Vitest 4, or put Node's back after jsdom's setup.";
}

/** An error and the causes beneath it. */
function causesOf(thrown: unknown): unknown[] {
  const causes: unknown[] = [];
  for (let error = thrown; error !== undefined && causes.length < MAX_CAUSES; error = memberOf(error, "cause")) {
    causes.push(error);
  }
  return causes;
}

// Several addresses were tried: all must have failed like this. Browsers and most runtimes use one error for every connection
// failure: it counts as a lost connection.
function isConnectFailure(error: unknown): boolean {
  const errors = memberOf(error, "errors");
  if (Array.isArray(errors) && errors.length > 0) return errors.every(isConnectFailure);
  return (
    UNSENT_CODE.test(textAt(error, "code")) ||
    UNSENT_SYSCALL.test(textAt(error, "syscall")) ||
    UNSENT_MESSAGE.test(textAt(error, "message"))
  );
}

function textAt(error: unknown, name: "code" | "message" | "syscall"): string {
  const text = memberOf(error, name);
  return typeof text === "string" ? text : "";
}
