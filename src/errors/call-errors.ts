import type { Attempt } from "../call/attempt.ts";
import { remedyFor } from "../call/classify.ts";
import { isIdempotent, isSafe, outcomeMayHaveSucceeded, retryAfterOf } from "../call/retry.ts";
import { isBrowser, memberOf, parseHttpDate } from "../values.ts";
import {
  type ApiErrorCode,
  type CallFields,
  type ErrorDetail,
  RolloutApiError,
  RolloutConfigError,
  RolloutNetworkError,
  RolloutResponseError,
} from "./errors.ts";
import { REQUEST_ID_HEADERS, type Redact, redactCause, redactHeaders } from "./redact.ts";

/** What is known about one call. It is written while the call runs, and read for its errors and its record. */
export interface CallDetails extends CallFields {
  method: string;
  path: string;
  attempts: number;
  /** Whether an attempt that was retried may have taken effect. */
  mayHaveSucceeded: boolean;
  /** How many milliseconds the call has waited for the rate limiter. */
  queued: number;
  /** The status of the last response. */
  status?: number | undefined;
  /** The id that the server gave the last request. */
  requestId?: string | undefined;
  /** Replaces the secrets of the call in a text. */
  redact: Redact;
  /** How many milliseconds the call waits for data that is not ready; `false` where Rollout documents no 409. */
  waitUntilReady: number | false;
  /** Why the body of an error response could not be read. */
  bodyFailure?: unknown;
  /** How many seconds this machine's clock was off the server's when the last response arrived. */
  clockSkew?: number;
}

const UNKNOWN_CALL: CallDetails = {
  method: "(unknown method)",
  path: "(unknown path)",
  origin: "unknown origin",
  attempts: 1,
  mayHaveSucceeded: false,
  queued: 0,
  redact: (text) => text,
  waitUntilReady: false,
};

const STATUS_CODES: Readonly<Record<number, ApiErrorCode>> = {
  400: "bad_request",
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  422: "bad_request",
  429: "rate_limited",
};

const MAX_CLOCK_SKEW_SECONDS = 60;
const MAX_REASON_LENGTH = 200;
const MAX_REASONS = 3;

/** The id that the server gave a request, if a header has one. */
export function requestIdOf(headers: Headers): string | undefined {
  return REQUEST_ID_HEADERS.map((name) => headers.get(name)).find((value) => value) ?? undefined;
}

/** Creates the error for a response that is not a success. `body` has been redacted before. */
export function apiError(response: Response, body: unknown, call: CallDetails = UNKNOWN_CALL): RolloutApiError {
  const { status } = response;
  // Middleware may have created the response.
  const headers = redactHeaders(response.headers, call.redact);
  const code = STATUS_CODES[status] ?? (status >= 500 && status <= 599 ? "server_error" : "unexpected_status");
  const errors = errorDetailsOf(body);
  const retryAfter = retryAfterOf(headers);
  const requestId = requestIdOf(headers);
  const acted = outcomeMayHaveSucceeded(call.method, { kind: "status", status, retryAfter });
  const failed = failedCall(call, acted);
  const problem = `responded with ${status} (${placeOf(call, requestId)})${sentenceOf(errors)}`;
  const wait = retryAfter === undefined ? "" : `The server asks to wait ${retryAfter} s.`;
  const report = `If it persists, ${requestId === undefined ? "report it to Rollout" : "send Rollout the request id"}.`;
  const support = code === "server_error" || code === "unexpected_status" ? report : "";
  const message = messageOf(call, ` ${problem}`, [adviceFor(code, call), wait, effectOf(call, acted), support]);
  const cause = call.bodyFailure === undefined ? undefined : redactCause(call.bodyFailure, call.redact);
  return new RolloutApiError(message, { code, ...failed, status, headers, requestId, errors, body, retryAfter }, cause);
}

/** Which server responded, and the id that it gave the request. */
function placeOf({ origin }: CallDetails, requestId: string | undefined): string {
  return requestId === undefined ? origin : `${origin}, request id ${requestId}`;
}

/** What to do about a status, as a sentence; `""` where Rollout's documentation does not say. */
function adviceFor(code: ApiErrorCode, { method, waitUntilReady, clockSkew = 0 }: CallDetails): string {
  const skew = clockSkew > MAX_CLOCK_SKEW_SECONDS ? `: it is ${Math.round(clockSkew)} s off` : "";
  switch (code) {
    case "bad_request":
      return "Correct the request before you try again.";
    case "unauthorized":
      return `Check the Client ID and Client Secret that sign the token, and this machine's clock${skew}.`;
    case "forbidden":
      return "The account may have to be connected again, or the token's user may not do this.";
    case "not_found":
      return "Check the ids in the request, and baseUrl.";
    case "conflict":
      if (waitUntilReady === false) return "";
      return waitUntilReady === 0
        ? "If the account was connected just now, its data may not be ready: set waitUntilReady, for example to 60_000."
        : `The data of the account was not ready within ${waitUntilReady} ms.`;
    case "rate_limited":
      return "Share one rate limiter between clients and processes, or raise retry.limit.";
    case "server_error":
      return isIdempotent(method) ? "Try again later." : "";
    case "unexpected_status":
      return "Rollout does not document this status: a proxy may have responded instead.";
  }
}

/** Whether the request may have taken effect, and may be repeated, as a sentence; `""` if it has changed nothing. */
function effectOf({ method, mayHaveSucceeded }: CallDetails, acted: boolean): string {
  if (isSafe(method) || !(acted || mayHaveSucceeded)) return "";
  if (!acted) return "An earlier attempt may have taken effect.";
  return isIdempotent(method)
    ? "The request may have taken effect, and is safe to repeat."
    : "The request may have taken effect: check before you try again.";
}

/** Creates the error for a redirect of a request to `url`. */
export function redirectError(
  response: { readonly status: number; readonly headers: Headers; readonly url: string },
  url: string,
  call: CallDetails,
): RolloutResponseError {
  const location = response.headers.get("location") ?? (response.url === url ? null : response.url);
  const target = redirectTarget(location, url, call.redact);
  const problem = `was redirected from ${call.origin} to ${target}.`;
  const advice = "Redirects are not followed, because the token must not go elsewhere: check baseUrl.";
  return responseError("redirected", response, `${problem} ${advice}`, call);
}

/** Creates the error for a response that cannot be used. */
export function invalidResponseError(
  response: { readonly status: number; readonly headers: Headers },
  problem: string,
  call: CallDetails = UNKNOWN_CALL,
  cause?: unknown,
): RolloutResponseError {
  const place = placeOf(call, requestIdOf(redactHeaders(response.headers, call.redact)));
  return responseError(
    "invalid_response",
    response,
    `responded with ${response.status} (${place}), but ${problem}.`,
    call,
    cause,
  );
}

function responseError(
  code: "invalid_response" | "redirected",
  { status, headers }: { readonly status: number; readonly headers: Headers },
  problem: string,
  call: CallDetails,
  cause?: unknown,
): RolloutResponseError {
  const acted = outcomeMayHaveSucceeded(call.method, { kind: "status", status });
  const redacted = redactHeaders(headers, call.redact);
  const fields = { code, ...failedCall(call, acted), status, headers: redacted, requestId: requestIdOf(redacted) };
  const redactedCause = cause === undefined ? undefined : redactCause(cause, call.redact);
  return new RolloutResponseError(messageOf(call, ` ${problem}`, [effectOf(call, acted)]), fields, redactedCause);
}

/** Creates the error for a call that got no complete response. */
export function networkError(attempt: Attempt, timeout: number, call: CallDetails): RolloutNetworkError {
  const { kind, thrown } = attempt;
  const cause = redactCause(thrown, call.redact);
  const acted = outcomeMayHaveSucceeded(call.method, attempt);
  const message = messageOf(call, `: ${problemOf(attempt, timeout, call.origin, cause)}`, [effectOf(call, acted)]);
  const fields = { code: kind === "timeout" ? ("timeout" as const) : ("network" as const), ...failedCall(call, acted) };
  return new RolloutNetworkError(message, fields, cause);
}

function problemOf(attempt: Attempt, timeout: number, origin: string, cause: Error): string {
  const code = codeIn(cause);
  const reason = code === undefined ? "" : ` (${code})`;
  // Browsers do not say whether the network failed, or the server does not allow the page to call it.
  const isOpaque = isBrowser() && cause.name === "TypeError" && cause.cause === undefined;
  switch (attempt.kind) {
    case "timeout":
      return attempt.sent === true
        ? `no complete response from ${origin} within ${timeout} ms.`
        : `the token function returned no token within ${timeout} ms. Nothing was sent to ${origin}.`;
    case "unsent":
      return attempt.status === undefined
        ? `no connection to ${origin}${reason}. Nothing was sent: check baseUrl, DNS and proxy.`
        : `a proxy refused the connection to ${origin} with ${attempt.status}. Nothing was sent: check the proxy.`;
    case "unreadable":
      return `${cause.message}.`;
    default:
      if (isOpaque) return `the connection to ${origin} failed. CORS may be the cause: browsers do not say.`;
      return attempt.byFetchOption === true
        ? "the `fetch` option threw an error. It is called as fetch(url, init), with a string and an object."
        : `the connection to ${origin} was lost before the response was complete${reason}.`;
  }
}

/** The code of the innermost cause that has one. */
function codeIn(error: Error): string | undefined {
  const { cause } = error;
  const beneath = cause instanceof Error ? codeIn(cause) : undefined;
  const code = memberOf(error, "code");
  return beneath ?? (typeof code === "string" ? code : undefined);
}

/** Creates the error for a request that `fetch` refuses, whatever the network does. */
export function unsendableError({ thrown, byFetchOption = false }: Attempt, call: CallDetails): RolloutConfigError {
  const { redact, mayHaveSucceeded, origin } = call;
  const remedy = remedyFor(thrown) ?? "";
  const problem = `of ${call.method} ${call.path} cannot be sent to ${origin}: fetch refuses it.${remedy && ` ${remedy}`}`;
  return new RolloutConfigError("invalid_config", "request", problem, {
    cause: redactCause(thrown, redact),
    mayHaveSucceeded: mayHaveSucceeded || byFetchOption,
  });
}

function failedCall({ method, path, origin, attempts, mayHaveSucceeded }: CallDetails, acted: boolean): CallFields {
  return { method, path, origin, attempts, mayHaveSucceeded: mayHaveSucceeded || acted };
}

/** The message of an error: the operation, the problem, and the sentences that are not empty. */
function messageOf({ method, path }: CallDetails, problem: string, sentences: readonly string[]): string {
  return [`${method} ${path}${problem}`, ...sentences.filter((sentence) => sentence !== "")].join(" ");
}

function redirectTarget(location: string | null, url: string, redact: Redact): string {
  if (!location) return "an unnamed location";
  // Redacted before it is parsed, too: the parser writes host names in lowercase.
  const target = redact(location);
  const origin = URL.canParse(target, url) ? new URL(target, url).origin : "null";
  // "null" is the origin of what has none, such as data: and mailto:.
  return origin === "null" ? "a location that cannot be read" : redact(origin);
}

/** How many seconds this machine's clock is off the server's, by the `Date` of a response that has just arrived. */
export function clockSkewOf(headers: Headers): number {
  const milliseconds = Math.abs(Date.now() - parseHttpDate(headers.get("date")));
  return Number.isNaN(milliseconds) ? 0 : milliseconds / 1000;
}

/**
 * The server's reasons, from every body shape that is known: `{ errors: [{ message, path? }] }`, `{ errorMessage }`,
 * `{ message }`, `{ error }`, and `application/problem+json` (RFC 9457).
 */
export function errorDetailsOf(body: unknown): ErrorDetail[] {
  const details = errorListOf(memberOf(body, "errors"));
  if (details.length > 0) return details;
  const error = memberOf(body, "error");
  const candidates = [
    memberOf(body, "errorMessage"),
    memberOf(body, "message"),
    typeof error === "string" ? error : memberOf(error, "message"),
    // Of a problem detail, the explanation of this occurrence before the title of its kind.
    memberOf(body, "detail"),
    memberOf(body, "title"),
  ];
  const message = candidates.find((candidate) => typeof candidate === "string" && candidate !== "");
  return typeof message === "string" ? [{ message }] : [];
}

/** The messages and paths of an `errors` array. Entries without a message are left out. */
export function errorListOf(errors: unknown, redact: Redact = (text) => text): ErrorDetail[] {
  if (!Array.isArray(errors)) return [];
  return errors.flatMap((entry) => {
    const message = memberOf(entry, "message");
    const path = memberOf(entry, "path");
    if (typeof message !== "string") return [];
    return [{ message: redact(message), ...(typeof path === "string" && { path: redact(path) }) }];
  });
}

/** The server's reasons as the end of a sentence: the first ones, shortened, on one line. */
export function sentenceOf(errors: readonly ErrorDetail[]): string {
  const lines = errors.map(lineOf).filter((line) => line !== "");
  if (lines.length === 0) return ".";
  const more = lines.length > MAX_REASONS ? `; and ${lines.length - MAX_REASONS} more` : "";
  return `: ${lines.slice(0, MAX_REASONS).join("; ")}${more}.`;
}

function lineOf({ message, path }: ErrorDetail): string {
  const line = (path === undefined ? message : `${path} ${message}`)
    .slice(0, MAX_REASON_LENGTH + 1)
    .replace(/\s+|\p{Cc}+/gu, " ")
    .trim();
  return line.length > MAX_REASON_LENGTH ? `${line.slice(0, MAX_REASON_LENGTH)}…` : line.replace(/\.$/, "");
}
