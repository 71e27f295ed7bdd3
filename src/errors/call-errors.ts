import type { Attempt } from "../call/attempt.ts";
import { remedyFor } from "../call/classify.ts";
import { isIdempotent, isSafe, outcomeMayHaveSucceeded, retryAfterOf } from "../call/retry.ts";
import { isBrowser, isText, memberOf, parseHttpDate } from "../values.ts";
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

type Head = Pick<Response, "status" | "headers">;

/** The id that the server gave a request, if a header has one. */
export function requestIdOf(headers: Headers): string | undefined {
  return REQUEST_ID_HEADERS.map((name) => headers.get(name)).find(isText);
}

/** Creates the error for a response that is not a success. `body` has been redacted before. */
export function apiError(response: Response, body: unknown, call: CallDetails = UNKNOWN_CALL): RolloutApiError {
  const { place, ...head } = headOf(response, call);
  const { status, headers, requestId } = head;
  const code = STATUS_CODES[status] ?? (status >= 500 && status <= 599 ? "server_error" : "unexpected_status");
  const errors = errorDetailsOf(body);
  const retryAfter = retryAfterOf(headers);
  const fields = { code, ...head, errors, body, retryAfter };
  const problem = ` responded with ${status} (${place})${sentenceOf(errors)}`;
  const wait = retryAfter === undefined ? "" : `The server asks you to wait ${retryAfter} s.`;
  const report = `If it persists, ${requestId === undefined ? "report it to Rollout" : "send Rollout the request id"}.`;
  const sentences = [adviceFor(code, call), wait, STATUS_CODES[status] === undefined ? report : ""];
  const described = describe(call, { kind: "status", status }, fields, problem, sentences);
  return new RolloutApiError(...described, causeOf(call.bodyFailure, call));
}

/** What to do about a status, as a sentence; `""` where Rollout's documentation does not say. */
function adviceFor(code: ApiErrorCode, { method, waitUntilReady, clockSkew = 0 }: CallDetails): string {
  const skew = clockSkew > MAX_CLOCK_SKEW_SECONDS ? `: it is ${Math.round(clockSkew)} s off` : "";
  const notReady =
    waitUntilReady === 0
      ? "If the account was connected just now, its data may not be ready: set waitUntilReady, for example to 60_000."
      : `The data of the account was not ready within ${waitUntilReady} ms.`;
  const advice: Readonly<Record<ApiErrorCode, string>> = {
    bad_request: "Correct the request before you try again.",
    unauthorized: `Check the Client ID and Client Secret that sign the token, and this machine's clock${skew}.`,
    forbidden: "The account may have to be connected again, or the token's user may not do this.",
    not_found: "Check the ids in the request, and baseUrl.",
    conflict: waitUntilReady === false ? "" : notReady,
    rate_limited: "Share one rate limiter between clients and processes, or raise retry.limit.",
    server_error: isIdempotent(method) ? "Try again later." : "",
    unexpected_status: "Rollout does not document this status: a proxy may have responded instead.",
  };
  return advice[code];
}

/** Creates the error for a redirect of a request to `url`. */
export function redirectError(
  from: Head & { readonly url: string },
  url: string,
  call: CallDetails,
): RolloutResponseError {
  const location = from.headers.get("location") ?? (from.url === url ? null : from.url);
  const { place: _, ...head } = headOf(from, call);
  const problem = ` was redirected from ${call.origin} to ${redirectTarget(location, url, call.redact)}.`;
  const advice = "Redirects are not followed, because the token must not go elsewhere: check baseUrl.";
  const fields = { code: "redirected", ...head };
  return new RolloutResponseError(...describe(call, { kind: "redirect" }, fields, `${problem} ${advice}`));
}

/** Creates the error for a response that cannot be used. */
export function invalidResponseError(
  response: Head,
  problem: string,
  call: CallDetails = UNKNOWN_CALL,
  thrown?: unknown,
): RolloutResponseError {
  const { place, ...head } = headOf(response, call);
  const { status } = head;
  const fields = { code: "invalid_response", ...head };
  const text = ` responded with ${status} (${place}), but ${problem}.`;
  return new RolloutResponseError(...describe(call, { kind: "status", status }, fields, text), causeOf(thrown, call));
}

/** Creates the error for a call that got no complete response. */
export function networkError(attempt: Attempt, timeout: number, call: CallDetails): RolloutNetworkError {
  const code = attempt.kind === "timeout" ? "timeout" : "network";
  const cause = redactCause(attempt.thrown, call.redact);
  const problem = problemOf(attempt, timeout, call.origin, cause);
  return new RolloutNetworkError(...describe(call, attempt, { code }, `: ${problem}`), cause);
}

function problemOf(attempt: Attempt, timeout: number, origin: string, cause: Error): string {
  const { kind, status, sent, byFetchOption } = attempt;
  const code = codeIn(cause);
  const reason = code === undefined ? "" : ` (${code})`;
  if (kind === "unreadable") return `${cause.message}.`;
  if (kind === "timeout" && sent) return `no complete response from ${origin} within ${timeout} ms.`;
  if (kind === "timeout")
    return `no token within ${timeout} ms from the token function. Nothing was sent to ${origin}.`;
  if (kind === "unsent" && status)
    return `a proxy refused the connection to ${origin} with ${status}. Nothing was sent: check the proxy.`;
  if (kind === "unsent") return `no connection to ${origin}${reason}. Nothing was sent: check baseUrl, DNS and proxy.`;
  // Browsers do not say whether the network failed, or the server does not allow the page to call it.
  if (isBrowser() && cause.name === "TypeError" && cause.cause === undefined)
    return `the connection to ${origin} failed. CORS may be the cause: browsers do not say.`;
  return byFetchOption
    ? "the `fetch` option threw an error. It is called as fetch(url, init), with a string and an object."
    : `the connection to ${origin} was lost before the response was complete${reason}.`;
}

/** The code of the innermost cause that has one. */
function codeIn(error: unknown): string | undefined {
  const code = memberOf(error, "code");
  return (error instanceof Error && codeIn(error.cause)) || (typeof code === "string" ? code : undefined);
}

/** Creates the error for a request that `fetch` refuses, whatever the network does. */
export function unsendableError({ thrown, byFetchOption = false }: Attempt, call: CallDetails): RolloutConfigError {
  const { redact, method, path, origin } = call;
  const problem = `of ${method} ${path} cannot be sent to ${origin}: fetch refuses it. ${remedyFor(thrown) ?? ""}`;
  const mayHaveSucceeded = call.mayHaveSucceeded || byFetchOption;
  const known = { cause: redactCause(thrown, redact), mayHaveSucceeded };
  return new RolloutConfigError("invalid_config", "request", problem.trim(), known);
}

function causeOf(thrown: unknown, { redact }: CallDetails): Error | undefined {
  return thrown === undefined ? undefined : redactCause(thrown, redact);
}

/** What errors show of a response. Its headers may be those of middleware, so they are redacted here. */
function headOf({ status, headers: received }: Head, { origin, redact }: CallDetails) {
  const headers = redactHeaders(received, redact);
  const requestId = requestIdOf(headers);
  return { status, headers, requestId, place: requestId === undefined ? origin : `${origin}, request id ${requestId}` };
}

/** What the error of a call is created from: its message, without the sentences that are empty, and its fields. */
function describe(
  { method, path, origin, attempts, mayHaveSucceeded: before }: CallDetails,
  attempt: Attempt,
  own: object,
  problem: string,
  sentences: readonly string[] = [],
) {
  const acted = outcomeMayHaveSucceeded(method, attempt);
  const mayHaveSucceeded = acted || before;
  const advice = isIdempotent(method) ? ", and is safe to repeat." : ": check before you try again.";
  const effect = acted ? `The request may have taken effect${advice}` : "An earlier attempt may have taken effect.";
  const parts = [`${method} ${path}${problem}`, isSafe(method) || !mayHaveSucceeded ? "" : effect, ...sentences];
  const fields = { ...own, method, path, origin, attempts, mayHaveSucceeded };
  return [parts.filter(isText).join(" "), fields] as const;
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
  // A cache may have kept the response for as long as `Age` says.
  const date = parseHttpDate(headers.get("date")) + Number(headers.get("age") ?? 0) * 1000;
  const milliseconds = Math.abs(Date.now() - date);
  return Number.isNaN(milliseconds) ? 0 : milliseconds / 1000;
}

/**
 * The server's reasons, from every body shape that is known: `{ errors: [{ message, path? }] }`, `{ errorMessage }`,
 * `{ message }`, `{ error }`, and `application/problem+json` (RFC 9457), whose title is less exact than its detail.
 */
export function errorDetailsOf(body: unknown): ErrorDetail[] {
  const details = errorListOf(memberOf(body, "errors"));
  if (details.length > 0) return details;
  const error = memberOf(body, "error");
  const at = (name: string): unknown => memberOf(body, name);
  const texts = [at("errorMessage"), at("message"), error, memberOf(error, "message"), at("detail"), at("title")];
  const message = texts.find(isText);
  return message === undefined ? [] : [{ message }];
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
  const lines = errors.map(lineOf).filter(isText);
  const more = lines.length > MAX_REASONS ? `; and ${lines.length - MAX_REASONS} more` : "";
  return lines.length === 0 ? "." : `: ${lines.slice(0, MAX_REASONS).join("; ")}${more}.`;
}

function lineOf({ message, path }: ErrorDetail): string {
  const text = (path === undefined ? message : `${path} ${message}`).slice(0, MAX_REASON_LENGTH + 1);
  const line = text.replace(/\s+|\p{Cc}+/gu, " ").trim();
  return line.length > MAX_REASON_LENGTH ? `${line.slice(0, MAX_REASON_LENGTH)}…` : line.replace(/\.$/, "");
}
