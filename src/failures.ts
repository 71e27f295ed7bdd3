import {
  type ApiErrorCode,
  type CallContext,
  type ErrorDetail,
  RolloutApiError,
  RolloutNetworkError,
  RolloutResponseError,
} from "./errors.ts";
import type { Exchange } from "./exchange.ts";
import { isSafe } from "./methods.ts";
import { REQUEST_ID_HEADERS, type Redact, redactCause, redactHeaders } from "./redaction.ts";
import { type AttemptFailure, mayHaveActed, parseRetryAfter } from "./retry.ts";

const STATUS_CODES: ReadonlyMap<number, ApiErrorCode> = new Map([
  [400, "bad_request"],
  [401, "unauthorized"],
  [403, "forbidden"],
  [404, "not_found"],
  [409, "conflict"],
  [422, "bad_request"],
  [429, "rate_limited"],
]);

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

/** The code that stands for an HTTP status. */
function apiErrorCode(status: number): ApiErrorCode {
  return STATUS_CODES.get(status) ?? (status >= 500 && status <= 599 ? "server_error" : "unexpected_status");
}

/** Makes the error for an answer that is not a success. Secrets have been taken out of `response` and `body` before. */
export function apiError(response: Response, body: unknown, exchange: Exchange | undefined): RolloutApiError {
  const { status, headers } = response;
  const code = apiErrorCode(status);
  const retryAfter = parseRetryAfter(headers.get("retry-after"));
  const context = contextOf(exchange, mayHaveActed({ kind: "status", status, retryAfter }));
  const errors = errorDetails(body);
  const message = [
    `${label(context)} answered ${status}${reasons(errors)}`,
    ADVICE[code],
    ...(retryAfter === undefined ? [] : [`The server asks to wait ${retryAfter} s.`]),
    ...warning(context),
  ].join(" ");
  const cause = exchange?.bodyFailure;
  return new RolloutApiError(
    code,
    message,
    context,
    { status, errors, body, headers, ...requestId(headers), ...(retryAfter === undefined ? {} : { retryAfter }) },
    cause === undefined ? undefined : redactCause(cause, exchange?.redact ?? unredacted),
  );
}

/** Makes the error for a call that brought no complete answer. */
export function networkError(exchange: Exchange, failure: AttemptFailure, cause: unknown): RolloutNetworkError {
  const context = contextOf(exchange, mayHaveActed(failure));
  const problem =
    failure.kind === "timeout"
      ? `got no complete answer within ${exchange.settings.timeout} ms.`
      : failure.kind === "unsent"
        ? "could not connect: nothing was sent."
        : "lost its connection before the answer was complete.";
  const message = [`${label(context)} ${problem}`, ...warning(context)].join(" ");
  const code = failure.kind === "timeout" ? "timeout" : "network";
  return new RolloutNetworkError(code, message, context, redactCause(cause, exchange.redact));
}

/** Makes the error for an answer that points elsewhere. */
export function redirectError(exchange: Exchange, response: Response, url: string): RolloutResponseError {
  const context = contextOf(exchange, true);
  const message = [
    `${label(context)} was redirected to ${redirectTarget(response, url, exchange.redact)}.`,
    "No redirect is followed, because the token must not go elsewhere: check the base URL.",
    ...warning(context),
  ].join(" ");
  return new RolloutResponseError("redirected", message, context, answerOf(response, exchange));
}

/** Makes the error for an answer that cannot be used. */
export function invalidResponseError(
  exchange: Exchange | undefined,
  response: Response,
  problem: string,
  cause?: unknown,
): RolloutResponseError {
  const { status } = response;
  const context = contextOf(exchange, mayHaveActed({ kind: "status", status, retryAfter: undefined }));
  const message = [`${label(context)} answered ${status}, but ${problem}.`, ...warning(context)].join(" ");
  const redacted = cause === undefined ? undefined : redactCause(cause, exchange?.redact ?? unredacted);
  return new RolloutResponseError("invalid_response", message, context, answerOf(response, exchange), redacted);
}

function contextOf(exchange: Exchange | undefined, mayHaveSucceeded: boolean): CallContext {
  if (exchange === undefined)
    return { method: "(unknown method)", path: "(unknown path)", attempts: 1, mayHaveSucceeded };
  const { method, path, attempts } = exchange;
  return { method, path, attempts, mayHaveSucceeded: mayHaveSucceeded || exchange.mayHaveSucceeded };
}

function answerOf(response: Response, exchange: Exchange | undefined) {
  const headers = redactHeaders(response.headers, exchange?.redact ?? unredacted);
  return { status: response.status, headers, ...requestId(headers) };
}

function unredacted(text: string): string {
  return text;
}

function label(context: CallContext): string {
  return `${context.method} ${context.path}`;
}

function warning(context: CallContext): string[] {
  if (!context.mayHaveSucceeded || isSafe(context.method)) return [];
  return ["The server may have done it all the same: look before sending it again."];
}

function requestId(headers: Headers): { requestId?: string } {
  for (const name of REQUEST_ID_HEADERS) {
    const value = headers.get(name);
    if (value) return { requestId: value };
  }
  return {};
}

// Both body shapes that Rollout's documents declare: { errors: [{ message }] } and { errorMessage }.
function errorDetails(body: unknown): ErrorDetail[] {
  if (typeof body !== "object" || body === null) return [];
  if ("errors" in body && Array.isArray(body.errors)) return body.errors.flatMap(errorDetail);
  if ("errorMessage" in body && typeof body.errorMessage === "string") return [{ message: body.errorMessage }];
  return [];
}

/** The message of one entry of an `errors` array; nothing where it has none. */
export function errorDetail(entry: unknown): ErrorDetail[] {
  const message: unknown =
    typeof entry === "object" && entry !== null && "message" in entry ? entry.message : undefined;
  return typeof message === "string" ? [{ message }] : [];
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
