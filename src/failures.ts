import type { ApiErrorCode } from "./error-codes.ts";
import {
  type CallContext,
  type ErrorDetail,
  RolloutApiError,
  RolloutNetworkError,
  RolloutResponseError,
} from "./errors.ts";
import { type Exchange, exchangeOf, type KnownExchange } from "./exchange.ts";
import { memberOf } from "./json.ts";
import { isSafe } from "./methods.ts";
import { REQUEST_ID_HEADERS, type Redact, redactCause, redactHeaders } from "./redaction.ts";
import { type AttemptFailure, mayHaveActed, parseRetryAfter } from "./retry.ts";

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
  bad_request: "The request has to change before it is sent again.",
  unauthorized: "Check the Client ID and Client Secret that sign the token, and this machine's clock.",
  forbidden: "These credentials may not do this.",
  not_found: "Check the ids in the request, and the base URL.",
  conflict: "The data of a new credential may not be ready yet: allow 30 to 60 seconds.",
  rate_limited: "Send fewer requests at a time, or allow more retries.",
  server_error: "The fault is on the server's side.",
  unexpected_status: "The API is not known to answer like this.",
};

const LONGEST_REASON = 200;
const MOST_REASONS = 3;

/** Makes the error for an answer that is not a success. Secrets have been taken out of `response` and `body` before. */
export function apiError(response: Response, body: unknown): RolloutApiError {
  const { status, headers } = response;
  const call = exchangeOf(response);
  const code = STATUS_CODES[status] ?? (status >= 500 && status <= 599 ? "server_error" : "unexpected_status");
  const errors = reasonsOf(body);
  const retryAfter = parseRetryAfter(headers.get("retry-after"));
  const wait = retryAfter === undefined ? {} : { retryAfter };
  const request = retryAfter === undefined ? "" : ` The server asks to wait ${retryAfter} s.`;
  return new RolloutApiError(
    code,
    ...report(
      call,
      mayHaveActed({ kind: "status", status }),
      `answered ${status}${reasons(errors)} ${ADVICE[code]}${request}`,
    ),
    { status, errors, body, headers, ...requestId(headers), ...wait },
    call.bodyFailure,
  );
}

/** Makes the error for a call that brought no complete answer. */
export function networkError(exchange: Exchange, failure: AttemptFailure, cause: unknown): RolloutNetworkError {
  const timedOut = failure.kind === "timeout";
  const problem = timedOut
    ? `got no complete answer within ${exchange.settings.timeout} ms.`
    : failure.kind === "unsent"
      ? "could not connect: nothing was sent."
      : failure.kind === "unreadable"
        ? "got something from `fetch` that is not a Response."
        : "lost its connection before the answer was complete.";
  return new RolloutNetworkError(
    timedOut ? "timeout" : "network",
    ...report(exchange, mayHaveActed(failure), problem),
    redactCause(cause, exchange.redact),
  );
}

/** Makes the error for an answer to `url` that points elsewhere. */
export function redirectError(response: Response, url: string): RolloutResponseError {
  const call = exchangeOf(response);
  const problem = `was redirected to ${redirectTarget(response, url, call.redact)}. No redirect is followed, because the token must not go elsewhere: check the base URL.`;
  return new RolloutResponseError("redirected", ...report(call, true, problem), answerOf(response, call));
}

/** Makes the error for an answer that cannot be used. */
export function invalidResponseError(response: Response, problem: string, cause?: unknown): RolloutResponseError {
  const { status } = response;
  const call = exchangeOf(response);
  return new RolloutResponseError(
    "invalid_response",
    ...report(call, mayHaveActed({ kind: "status", status }), `answered ${status}, but ${problem}.`),
    answerOf(response, call),
    cause === undefined ? undefined : redactCause(cause, call.redact),
  );
}

/** The message of an error, and what is known of its call. */
function report(call: CallContext, mayHaveActed: boolean, problem: string): [string, CallContext] {
  const { method, path, attempts } = call;
  const mayHaveSucceeded = mayHaveActed || call.mayHaveSucceeded;
  const warning =
    mayHaveSucceeded && !isSafe(method)
      ? " The server may have done it all the same: look before sending it again."
      : "";
  return [`${method} ${path} ${problem}${warning}`, { method, path, attempts, mayHaveSucceeded }];
}

function answerOf(response: Response, call: KnownExchange) {
  const headers = redactHeaders(response.headers, call.redact);
  return { status: response.status, headers, ...requestId(headers) };
}

function requestId(headers: Headers): { requestId?: string } {
  for (const name of REQUEST_ID_HEADERS) {
    const value = headers.get(name);
    if (value) return { requestId: value };
  }
  return {};
}

// Both body shapes that Rollout's documents declare: { errors: [{ message }] } and { errorMessage }.
function reasonsOf(body: unknown): ErrorDetail[] {
  const errors = memberOf(body, "errors");
  return Array.isArray(errors) ? errorDetails(errors) : errorDetails([{ message: memberOf(body, "errorMessage") }]);
}

/** The messages of an `errors` array; nothing for entries that have none. */
export function errorDetails(errors: unknown): ErrorDetail[] {
  if (!Array.isArray(errors)) return [];
  return errors.flatMap((entry) => {
    const message = memberOf(entry, "message");
    return typeof message === "string" ? [{ message }] : [];
  });
}

/** The server's reasons as the end of a sentence: some of them, shortened, on one line. */
export function reasons(errors: readonly ErrorDetail[]): string {
  const lines = errors.map(({ message }) => oneLine(message)).filter((line) => line !== "");
  if (lines.length === 0) return ".";
  const more = lines.length > MOST_REASONS ? `; and ${lines.length - MOST_REASONS} more` : "";
  return `: ${lines.slice(0, MOST_REASONS).join("; ")}${more}.`;
}

function oneLine(text: string): string {
  const line = text
    .slice(0, LONGEST_REASON + 1)
    .replace(/\s+|\p{Cc}+/gu, " ")
    .trim();
  return line.length > LONGEST_REASON ? `${line.slice(0, LONGEST_REASON)}…` : line.replace(/\.$/, "");
}

function redirectTarget(response: Response, url: string, redact: Redact): string {
  const location = response.headers.get("location");
  if (location === null) return "a place that it does not name";
  // Before it is parsed, too: a host name comes out in small letters, and then its secrets are not known any more.
  const target = redact(location);
  const origin = URL.canParse(target, url) ? new URL(target, url).origin : "null";
  // "null" is the origin of what has none, such as data: and mailto:.
  return origin === "null" ? "a place that cannot be read" : redact(origin);
}
