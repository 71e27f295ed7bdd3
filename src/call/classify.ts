import { DeadlineExceeded } from "../deadline.ts";
import { memberOf } from "../values.ts";
import type { Outcome } from "./retry.ts";

/** The response cannot be used: the body cannot be read or is longer than allowed, or `fetch` returned no response. */
export class UnreadableResponse extends Error {}

// These patterns search one line for each cause: `code|syscall|message`.

// Node's fetch (undici) made no connection. "Unreachable" is not among the codes: it also happens to connections that were made.
// Nor are TLS alerts that may follow the handshake.
const UNSENT =
  /^(?:ECONNREFUSED|UND_ERR_(?:CONNECT_TIMEOUT|PRX_)|CERT_|UNABLE_TO_|(?:DEPTH_ZERO_)?SELF_SIGNED_CERT|ERR_TLS_CERT)|^[^|]*\|(?:connect|getaddrinfo|query[A-Z])|before secure TLS connection was established|\|bad port$/;

// OpenSSL uses the same codes for data that is garbled after the handshake. Node's fetch hides those; another one may not.
const FAILED_HANDSHAKE =
  /^ERR_SSL_(?:WRONG_VERSION_NUMBER|(?:PACKET|DATA)_LENGTH_TOO_LONG|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS_AVAILABLE|[^|]+_(?:HANDSHAKE_FAILURE|PROTOCOL_VERSION|UNRECOGNIZED_NAME|INSUFFICIENT_SECURITY|NO_APPLICATION_PROTOCOL))\|/m;

// A proxy that refuses to connect, or wants credentials: undici's messages, which name the status.
const PROXY_STATUS = /\|Proxy (?:response|Authentication Required) \((\d{3})\)/;

const TIMEOUT = /^UND_ERR_(?:HEADERS|BODY)_TIMEOUT\|/m;

// The body is not in the encoding that `Content-Encoding` names: the codes of zlib, Brotli and Zstandard.
const UNDECODABLE = /^(?:Z_|ERR__ERROR_FORMAT|ERR_BROTLI|ZSTD_)/m;

// The cause of the error of `fetch` is a network error. A code of Node's own on the error itself is a mistake in the function, and
// so is an argument that is invalid.
const NETWORK_ERROR = /^(?!ERR_)[^|]|\n(?!ERR_INVALID_)[^|]/;

// An agent of another major version of undici, or of node:http.
const AGENT = /^UND_ERR_INVALID_ARG\||dispatch(?:er\S*)? is not a function/m;

// A test environment has put its own AbortController into the place of the platform's.
const SIGNAL = /\bsignal\b.+\bAbortSignal\b/;

const MAX_CAUSES = 4;

/** Determines how an attempt failed after `fetch` was called, from what was thrown. */
export function classify(thrown: unknown, responded: boolean, ownFetch: boolean): Outcome {
  const causes = causesOf(thrown);
  const lines = causes.map(lineOf).join("\n");
  if (thrown instanceof DeadlineExceeded || TIMEOUT.test(lines)) return { kind: "timeout" };
  if (thrown instanceof UnreadableResponse || UNDECODABLE.test(lines)) return { kind: "unreadable" };
  if (responded) return { kind: "lost" };
  const status = PROXY_STATUS.exec(lines)?.[1];
  if (status !== undefined) return { kind: "unsent", status: Number(status) };
  if (remedyFor(thrown) !== undefined) return { kind: "unsendable" };
  if ((!ownFetch && FAILED_HANDSHAKE.test(lines)) || causes.some(isUnsent)) return { kind: "unsent" };
  return { kind: "lost", thrownByFetchOption: ownFetch && !NETWORK_ERROR.test(lines) };
}

/** Advice for an agent or a signal that `fetch` refuses. `undefined` for any other error. */
export function remedyFor(thrown: unknown): string | undefined {
  const lines = causesOf(thrown).map(lineOf).join("\n");
  if (AGENT.test(lines)) return "Take the agent from the same version of undici as this fetch.";
  if (!SIGNAL.test(lines)) return undefined;
  return "AbortController is not the platform's: in tests with jsdom, use Vitest 4, or put Node's back after jsdom's setup.";
}

function causesOf(thrown: unknown): unknown[] {
  const causes: unknown[] = [];
  for (let error = thrown; error !== undefined && causes.length < MAX_CAUSES; error = memberOf(error, "cause")) {
    causes.push(error);
  }
  return causes;
}

// Several addresses were tried: all must have failed like this. Browsers and most runtimes use one error for every connection
// failure: it counts as a lost connection.
function isUnsent(error: unknown): boolean {
  const errors = memberOf(error, "errors");
  return Array.isArray(errors) && errors.length > 0 ? errors.every(isUnsent) : UNSENT.test(lineOf(error));
}

function lineOf(error: unknown): string {
  const texts = ["code", "syscall", "message"].map((name) => memberOf(error, name));
  return texts.map((text) => (typeof text === "string" ? text.replace(/\s+/g, " ") : "")).join("|");
}
