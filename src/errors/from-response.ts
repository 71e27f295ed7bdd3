import { parseHttpDate } from "../values/http-date.ts";
import { mayHaveActed } from "./attempt-failure.ts";
import { type CallContext, type ErrorResponse, RolloutApiError, RolloutResponseError } from "./classes.ts";
import type { ApiErrorCode } from "./codes.ts";
import { isSafe } from "./methods.ts";
import { errorDetailsOf, sentenceOf } from "./reasons.ts";
import { REQUEST_ID_HEADERS, type Redact, type ResponseHeaders, redactCause, redactHeaders } from "./redact.ts";
import { retryAfterOf } from "./retry-after.ts";

/** What a result keeps about its call, for errors that are created from it later. */
export interface CallReport extends CallContext {
  /** Replaces the secrets of the call in a text. */
  readonly redact: Redact;
  /** Why the body of an error response could not be read. */
  readonly bodyFailure?: Error | undefined;
  /** When the response arrived, in milliseconds since 1970. */
  readonly receivedAt?: number;
}

/** The part of a response that an error needs. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: ResponseHeaders;
}

const STATUS_CODES: Readonly<Record<number, ApiErrorCode>> = {
  400: "bad_request",
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  422: "bad_request",
  429: "rate_limited",
};

const ADVICE: Readonly<Record<ApiErrorCode, string>> = {
  bad_request: "Correct the request before you try again.",
  unauthorized: "Check the Client ID and Client Secret that sign the token, and this machine's clock.",
  forbidden: "These credentials are not allowed to do this.",
  not_found: "Check the ids in the request, and the base URL.",
  conflict: "The data of a new credential may not be ready yet: allow 30 to 60 seconds.",
  rate_limited: "Send fewer requests at a time, or allow more retries.",
  server_error: "The server failed.",
  unexpected_status: "This status is not documented for the API.",
};

const MAX_CLOCK_SKEW_SECONDS = 60;

/** Creates the error for a response that is not a success. `response` and `body` have been redacted before. */
export function apiError(response: Response, body: unknown, call: CallReport): RolloutApiError {
  const { status, headers } = response;
  const code = STATUS_CODES[status] ?? (status >= 500 && status <= 599 ? "server_error" : "unexpected_status");
  const errors = errorDetailsOf(body);
  const retryAfter = retryAfterOf(headers);
  const wait = retryAfter === undefined ? "" : ` The server asks to wait ${retryAfter} s.`;
  const clock = status === 401 ? clockOf(headers, call) : "";
  const context = contextOf(call, mayHaveActed({ kind: "status", status, retryAfter }));
  const message = messageOf(context, `responded with ${status}${sentenceOf(errors)} ${ADVICE[code]}${clock}${wait}`);
  const details = { status, headers, requestId: requestIdOf(headers), errors, body, retryAfter };
  return new RolloutApiError(code, message, context, details, call.bodyFailure);
}

/** The end of the advice: how far this machine's clock is off the server's, if that is enough to invalidate tokens. */
function clockOf(headers: Headers, { receivedAt = Number.NaN }: CallReport): string {
  const seconds = Math.abs(receivedAt - parseHttpDate(headers.get("date") ?? "")) / 1000;
  return seconds > MAX_CLOCK_SKEW_SECONDS ? ` It is ${Math.round(seconds)} s off.` : "";
}

/** Creates the error for a redirect of a request to `url`. */
export function redirectError(response: ResponseHead, url: string, call: CallReport): RolloutResponseError {
  const target = redirectTarget(response, url, call.redact);
  const context = contextOf(call, true);
  const problem = `was redirected to ${target}. Redirects are not followed, because the token must not go elsewhere: check the base URL.`;
  return new RolloutResponseError("redirected", messageOf(context, problem), context, detailsOf(response, call));
}

/** Creates the error for a response that cannot be used. */
export function invalidResponseError(
  response: ResponseHead,
  problem: string,
  call: CallReport,
  cause?: unknown,
): RolloutResponseError {
  const { status } = response;
  const context = contextOf(call, mayHaveActed({ kind: "status", status, retryAfter: undefined }));
  const message = messageOf(context, `responded with ${status}, but ${problem}.`);
  const redactedCause = cause === undefined ? undefined : redactCause(cause, call.redact);
  return new RolloutResponseError("invalid_response", message, context, detailsOf(response, call), redactedCause);
}

/** What is known about a call, including its last attempt. */
export function contextOf(call: CallContext, lastMayHaveActed: boolean): CallContext {
  const { method, path, attempts } = call;
  return { method, path, attempts, mayHaveSucceeded: call.mayHaveSucceeded || lastMayHaveActed };
}

/** The message of an error: the operation, the problem, and a warning if trying again could have a second effect. */
export function messageOf({ method, path, mayHaveSucceeded }: CallContext, problem: string): string {
  const warning =
    mayHaveSucceeded && !isSafe(method) ? " The request may have taken effect: check before you try again." : "";
  return `${method} ${path} ${problem}${warning}`;
}

function detailsOf(response: ResponseHead, { redact }: CallReport): ErrorResponse {
  const headers = redactHeaders(response.headers, redact);
  return { status: response.status, headers, requestId: requestIdOf(headers) };
}

function requestIdOf(headers: Headers): string | undefined {
  return REQUEST_ID_HEADERS.map((name) => headers.get(name)).find((value) => value) ?? undefined;
}

function redirectTarget(response: ResponseHead, url: string, redact: Redact): string {
  const location = response.headers.get("location");
  if (location === null) return "an unnamed location";
  // Redacted before it is parsed, too: the parser writes host names in lowercase.
  const target = redact(location);
  const origin = URL.canParse(target, url) ? new URL(target, url).origin : "null";
  // "null" is the origin of what has none, such as data: and mailto:.
  return origin === "null" ? "a location that cannot be read" : redact(origin);
}
