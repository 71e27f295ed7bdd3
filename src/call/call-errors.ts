import {
  type ApiErrorCode,
  type ErrorDetail,
  RolloutApiError,
  RolloutConfigError,
  RolloutNetworkError,
  RolloutResponseError,
} from "../errors/errors.ts";
import { REQUEST_ID_HEADERS, type Redact, redactBody, redactCause, redactHeaders } from "../errors/redact.ts";
import { isBrowser, isText, memberOf, parseJson, serverTimeOf } from "../values.ts";
import type { Attempt, ReceivedResponse } from "./attempt.ts";
import { remedyFor } from "./classify.ts";
import { isIdempotent, isSafe, type Outcome, outcomeMayHaveSucceeded, retryAfterOf } from "./retry.ts";

/** What is known about one call. It is written while the call runs, and read for its errors and its record. */
export interface CallDetails {
  method: string;
  path: string;
  readonly origin: string;
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
  /** The response whose body has been redacted. Middleware may return another one. */
  redacted?: Response;
  /** How many milliseconds the call waits for data that is not ready; `false` where Rollout documents no 409. */
  waitUntilReady: number | false;
  /** Why the body of an error response could not be read. */
  bodyFailure?: unknown;
  /** By how many seconds this machine's clock differed from the server's when the last response arrived. */
  clockSkew?: number;
}

/** The details of a call that is not known, for the error of a result that was copied or created elsewhere. */
export const UNKNOWN_CALL: CallDetails = {
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

const ADVICE: Readonly<Record<ApiErrorCode, string>> = {
  bad_request: "Correct the request before you try again.",
  unauthorized: "Check the Client ID and Client Secret that sign the token, and this machine's clock",
  forbidden: "The account may have to be connected again, or the token's user may not do this.",
  not_found: "Check the ids in the request, and baseUrl.",
  conflict:
    "If the account was connected just now, its data may not be ready: set waitUntilReady, for example to 60_000.",
  rate_limited: "Share one rate limiter between clients and processes, or raise retry.limit.",
  server_error: "Try again later.",
  unexpected_status: "Rollout does not document this status: a proxy may have responded instead.",
};

/** How far a clock may be off: tokens are valid for minutes only. */
export const MAX_CLOCK_SKEW_SECONDS = 60;
const MAX_REASON_LENGTH = 200;
const MAX_REASONS = 3;

type Head = Pick<Response, "status" | "headers">;

/** The id that the server gave a request, if a header has one. */
export function requestIdOf(headers: Headers): string | undefined {
  return REQUEST_ID_HEADERS.map((name) => headers.get(name)).find(isText);
}

/** By how many seconds this machine's clock differs from the server's: by the headers of a response that has just arrived. */
export function clockSkewOf(headers: Headers): number {
  return Math.abs(Date.now() - serverTimeOf(headers)) / 1000;
}

/** Creates the error for a response that is not a success. A body that came from the server has been redacted before. */
export function apiError(response: Head, given: unknown, call: CallDetails = UNKNOWN_CALL): RolloutApiError {
  const { redact, waitUntilReady, bodyFailure, clockSkew = 0 } = call;
  const { responded, ...head } = headOf(response, call);
  const { status } = head;
  const isByMiddleware = call.status !== undefined && call.redacted !== response;
  const body = isByMiddleware && given !== undefined ? parseJson(redactBody(JSON.stringify(given), redact)) : given;
  const errors = errorDetailsOf(body);
  const retryAfter = retryAfterOf(head.headers);
  const code = STATUS_CODES[status] ?? (status >= 500 && status <= 599 ? "server_error" : "unexpected_status");

  let advice = ADVICE[code];
  // What may have taken effect is not simply sent again, and the server may say when to.
  if (code === "server_error" && (retryAfter !== undefined || !isIdempotent(call.method))) advice = "";
  if (code === "unauthorized")
    advice += clockSkew > MAX_CLOCK_SKEW_SECONDS ? `: it is ${Math.round(clockSkew)} s off.` : ".";
  if (code === "conflict" && waitUntilReady !== 0)
    advice = waitUntilReady === false ? "" : `The data of the account was not ready within ${waitUntilReady} ms.`;
  if (retryAfter !== undefined) advice += ` The server asks you to wait ${retryAfter} s.`;
  if (STATUS_CODES[status] === undefined)
    advice += ` If it persists, ${head.requestId === undefined ? "report it to Rollout" : "send Rollout the request id"}.`;

  const { message, fields } = describe(call, { kind: "status", status }, responded + sentenceOf(errors), advice);
  const cause = bodyFailure === undefined ? undefined : redactCause(bodyFailure, redact);
  return new RolloutApiError(message, { code, ...fields, ...head, errors, body, retryAfter }, cause);
}

/** Creates the error for a redirect of a request to `url`. */
export function redirectError(from: ReceivedResponse, url: string, call: CallDetails): RolloutResponseError {
  const location = from.headers.get("location") ?? from.url;
  // Redacted before it is parsed, too: the parser writes host names in lowercase.
  const target = call.redact(location);
  const isKnown = location !== "" && location !== url && URL.canParse(target, url);
  const origin = isKnown ? new URL(target, url).origin : "null";
  // "null" is the origin of what has none, such as data: and mailto:.
  const destination = origin === "null" ? "an unknown location" : call.redact(origin);
  const problem = `a redirect to ${destination} is not followed, because the token must not go elsewhere: check baseUrl`;
  return invalidResponseError(from, problem, call, undefined, "redirected");
}

/** Creates the error for a response that cannot be used. */
export function invalidResponseError(
  response: Head,
  problem: string,
  call: CallDetails = UNKNOWN_CALL,
  thrown?: unknown,
  code: RolloutResponseError["code"] = "invalid_response",
): RolloutResponseError {
  const { responded, ...head } = headOf(response, call);
  const { message, fields } = describe(call, { kind: "unreadable" }, `${responded}, but ${problem}.`);
  const cause = thrown === undefined ? undefined : redactCause(thrown, call.redact);
  return new RolloutResponseError(message, { code, ...fields, ...head }, cause);
}

/** Creates the error for a call that got no complete response. */
export function networkError(attempt: Attempt, timeout: number, call: CallDetails): RolloutNetworkError {
  const cause = redactCause(attempt.thrown, call.redact);
  const { message, fields } = describe(call, attempt, `: ${problemOf(attempt, timeout, call.origin, cause)}`);
  const code = attempt.kind === "timeout" ? "timeout" : "network";
  return new RolloutNetworkError(message, { code, ...fields }, cause);
}

function problemOf(attempt: Attempt, timeout: number, origin: string, cause: Error): string {
  const { kind, status, sent, thrownByFetchOption } = attempt;
  const code = codeIn(cause);
  const reason = code === undefined ? "" : ` (${code})`;
  if (kind === "unreadable") return `${cause.message}.`;
  if (kind === "timeout")
    return sent
      ? `no complete response from ${origin} within ${timeout} ms.`
      : `no token within ${timeout} ms from the token function. Nothing was sent to ${origin}.`;
  if (kind === "unsent")
    return status
      ? `a proxy refused the connection to ${origin} with ${status}. Nothing was sent: check the proxy.`
      : `no connection to ${origin}${reason}. Nothing was sent: check baseUrl, DNS and proxy.`;
  // Browsers do not say whether the network failed, or the server does not allow the page to call it.
  if (isBrowser() && cause.name === "TypeError" && cause.cause === undefined)
    return `the connection to ${origin} failed. CORS may be the cause: browsers do not say.`;
  return thrownByFetchOption
    ? "the `fetch` option threw an error. It is called as fetch(url, init), with a string and an object."
    : `the connection to ${origin} was lost before the response was complete${reason}.`;
}

/** The code of the innermost cause that has one. */
function codeIn(error: unknown): string | undefined {
  const code = memberOf(error, "code");
  return (error instanceof Error && codeIn(error.cause)) || (typeof code === "string" ? code : undefined);
}

/** Creates the error for a request that `fetch` refuses, whatever the network does. */
export function unsendableError(
  { thrown, thrownByFetchOption = false }: Attempt,
  call: CallDetails,
): RolloutConfigError {
  const { redact, method, path, origin } = call;
  const problem = `of ${method} ${path} cannot be sent to ${origin}: fetch refuses it. ${remedyFor(thrown) ?? ""}`;
  const mayHaveSucceeded = call.mayHaveSucceeded || thrownByFetchOption;
  const cause = redactCause(thrown, redact);
  return new RolloutConfigError("invalid_config", "request", problem.trim(), { cause, mayHaveSucceeded });
}

/** The parts of a response that errors show. Its headers may be those of middleware, so they are redacted here. */
function headOf({ status, headers: received }: Head, { origin, redact }: CallDetails) {
  const headers = redactHeaders(received, redact);
  const requestId = requestIdOf(headers);
  const place = requestId === undefined ? origin : `${origin}, request id ${requestId}`;
  return { status, headers, requestId, responded: ` responded with ${status} (${place})` };
}

/** The message of an error, and what every error of a call shows. */
function describe(call: CallDetails, outcome: Outcome, problem: string, advice = "") {
  const { method, path, origin, attempts } = call;
  const acted = outcomeMayHaveSucceeded(method, outcome);
  const mayHaveSucceeded = acted || call.mayHaveSucceeded;
  const repeat = isIdempotent(method) ? ", and is safe to repeat." : ": check before you try again.";
  const effect = acted ? `The request may have taken effect${repeat}` : "An earlier attempt may have taken effect.";
  const parts = [`${method} ${path}${problem}`, mayHaveSucceeded && !isSafe(method) ? effect : "", advice.trim()];
  return { message: parts.filter(isText).join(" "), fields: { method, path, origin, attempts, mayHaveSucceeded } };
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
