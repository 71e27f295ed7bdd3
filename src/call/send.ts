import { checkToken, type Token } from "../auth/token.ts";
import {
  type CallDetails,
  clockSkewOf,
  invalidResponseError,
  networkError,
  redirectError,
  unsendableError,
} from "../errors/call-errors.ts";
import { RolloutConfigError } from "../errors/errors.ts";
import { createRedact, isSecretHeader, redactBody, redactHeaders, secretsInBody } from "../errors/redact.ts";
import type { Settings } from "../options.ts";
import { NULL_BODY_STATUSES, parseJson } from "../values.ts";
import { type Attempt, makeAttempt, type ReceivedResponse } from "./attempt.ts";
import { UnreadableResponse } from "./classify.ts";
import { pause, withDeadline } from "./deadline.ts";
import { logAttempt, notify } from "./log.ts";
import { isStream, type OutgoingRequest } from "./request.ts";
import { createRetryBudget, isIdempotent, isSafe, isThrottled, outcomeMayHaveSucceeded } from "./retry.ts";

/** A response in memory. */
export interface SentResponse {
  readonly response: Response;
  /** The body, if only the call reads it and as text. `response` is then the platform's, whose body has been read. */
  readonly text?: string;
}

// How long the rate limiter pauses after a refusal without Retry-After.
const DEFAULT_PAUSE_MILLISECONDS = 1_000;

const lenientUtf8 = new TextDecoder();

/**
 * Sends a request, and retries it as often as is safe and allowed. Resolves to a response in memory, whatever its status.
 * Throws a `RolloutError`, the caller's abort reason, or what a function of the caller's threw.
 *
 * @param call - is kept up to date while the call runs
 * @param input - the body as the caller passed it
 * @param parsesText - whether the body of a success will be read as text
 * @param isObserved - whether middleware may read the response too
 */
export async function sendWithRetries(
  request: OutgoingRequest,
  settings: Settings,
  call: CallDetails,
  input: unknown,
  parsesText: boolean,
  isObserved: boolean,
): Promise<SentResponse> {
  if (!request.url.startsWith(`${settings.origin}/`)) {
    const problem = "must have the same origin for every call: the token is meant for no other";
    throw new RolloutConfigError("invalid_config", "baseUrl", problem);
  }
  const { method } = request;
  const { tokens, logger, rateLimiter, signal, retry: policy } = settings;
  const sentTokens: string[] = [];
  call.redact = createRedact(() => [...sentTokens, ...secretsOf(request, input)]);
  const nextRetry = createRetryBudget(method, settings);
  let lastToken: Token | undefined;
  let isRejected = false;
  const getToken = async (): Promise<string> => {
    lastToken = await tokens.token(isRejected ? lastToken : undefined);
    const token = checkToken(lastToken.text, "the token function returned", call.mayHaveSucceeded);
    sentTokens.push(token);
    return token;
  };

  for (;;) {
    if (rateLimiter !== undefined) {
      const queuedAt = performance.now();
      try {
        // A limiter of the caller's may ignore the signal.
        if (signal === undefined) await rateLimiter.acquire();
        else await withDeadline(signal, undefined, async () => rateLimiter.acquire(signal));
      } finally {
        call.queued += performance.now() - queuedAt;
      }
    }
    const began = performance.now();
    const before = call.attempts;
    const attempt = await makeAttempt(request, settings, getToken, parsesText, call).catch((thrown: unknown) => {
      // An abort says nothing about the server.
      call.mayHaveSucceeded ||= call.attempts > before;
      throw thrown;
    });
    call.status = attempt.response?.status;
    call.requestId = attempt.response?.requestId;
    const isThrottle = isThrottled(attempt);
    const retry = isStream(request.body) ? undefined : nextRetry(attempt);
    // A limiter that has `refused` makes all its calls wait, including this one.
    const limiterWaits = isThrottle && notify(() => rateLimiter?.refused) !== undefined;
    if (logger !== undefined) {
      const wait = limiterWaits ? "retry as the rate limiter allows" : `retry in ${retry?.wait} ms`;
      logAttempt(logger, call, resultOf(attempt), performance.now() - began, retry && wait);
    }
    if (isThrottle) notify(() => rateLimiter?.refused?.(pauseOf(attempt, policy.maxDelay)));
    else if (call.status !== undefined && call.status < 500) notify(() => rateLimiter?.succeeded?.());
    if (retry === undefined) return responseOrError(attempt, request, settings, call, isObserved);
    // The last response does not tell what an earlier attempt did. A POST is only retried if the server did nothing.
    const mayRepeat = isIdempotent(method) && !isSafe(method);
    if (mayRepeat && outcomeMayHaveSucceeded(method, attempt)) call.mayHaveSucceeded = true;
    isRejected = retry.refresh;
    if (!limiterWaits) await pause(retry.wait, signal);
  }
}

/** Turns the last attempt into what the call resolves to, or throws the error that it rejects with. */
function responseOrError(
  attempt: Attempt,
  request: OutgoingRequest,
  settings: Settings,
  call: CallDetails,
  isObserved: boolean,
): SentResponse {
  const { kind, response, bytes = null, text } = attempt;
  if (kind === "unsendable") throw unsendableError(attempt, call);
  if (kind === "unreadable" && response !== undefined) {
    const { thrown } = attempt;
    const isOurs = thrown instanceof UnreadableResponse;
    const problem = isOurs ? thrown.message : "the body is not in the encoding that Content-Encoding names";
    throw invalidResponseError(response, problem, call, thrown);
  }
  if (response === undefined) throw networkError(attempt, settings.timeout, call);
  if (kind === "redirect") throw redirectError(response, request.url, call);
  if (kind === "success") {
    const { original } = response;
    if (!isObserved && text !== undefined && isResponse(original)) return { response: original, text };
    return { response: inMemory(response, text ?? bytes, response.headers, response.statusText) };
  }
  if (kind !== "status") throw networkError(attempt, settings.timeout, call);
  const { redact } = call;
  call.clockSkew = clockSkewOf(response.headers);
  call.bodyFailure = attempt.thrown;
  const body = bytes === null ? null : redactBody(lenientUtf8.decode(bytes), redact);
  return { response: inMemory(response, body, redactHeaders(response.headers, redact), redact(response.statusText)) };
}

// By its shape: a framework may have replaced the global Response.
function isResponse(original: object): original is Response {
  return "headers" in original && original.headers instanceof Headers && "clone" in original;
}

/** Creates a response. Its body is text where it can be: that of React Native takes bytes for Latin-1. */
function inMemory(
  { status, url }: ReceivedResponse,
  body: string | Uint8Array<ArrayBuffer> | null,
  headers: Headers,
  statusText: string,
): Response {
  const isConstructible = status >= 200 && status <= 599;
  const response = new Response(NULL_BODY_STATUSES.includes(status) ? null : body, {
    status: isConstructible ? status : 500,
    // Node decodes a reason phrase as UTF-8, but the constructor takes only what can be one byte.
    statusText: statusText.replace(/[^\t -~\x80-\xff]/g, "?"),
    headers,
  });
  // For text, the constructor makes one up; that of a framework may keep the headers themselves, which are immutable.
  if (!headers.has("content-type") && response.headers.has("content-type")) response.headers.delete("content-type");
  // What the constructor cannot set.
  Object.defineProperty(response, "url", { value: url });
  if (!isConstructible) Object.defineProperty(response, "status", { value: status });
  return response;
}

function pauseOf({ retryAfter }: Attempt, maxDelay: number): number {
  return Math.min(maxDelay, retryAfter === undefined ? DEFAULT_PAUSE_MILLISECONDS : retryAfter * 1000);
}

/** The result of an attempt, as log lines name it. */
function resultOf({ kind, response }: Attempt): number | string {
  if (kind === "success" || kind === "status") return response?.status ?? 0;
  if (kind === "redirect") return "redirected";
  if (kind === "timeout") return "timeout";
  if (kind === "unsendable") return "invalid_config";
  return kind === "unreadable" && response !== undefined ? "invalid_response" : "network";
}

/** The secrets of a call, except its tokens: what users entered, as passed and as sent, and the caller's own headers. */
function secretsOf({ body, headers }: OutgoingRequest, input: unknown): readonly string[] {
  const sent = body === undefined || isStream(body) ? "" : typeof body === "string" ? body : lenientUtf8.decode(body);
  const secretHeaders = [...headers].filter(([name]) => isSecretHeader(name)).flatMap(([, value]) => partsOf(value));
  return [...secretsInBody(input), sent, ...secretsInBody(parseJson(sent)), ...secretHeaders];
}

/** A header value, each of its cookies, and what is behind the name of a cookie or the scheme of a credential. */
function partsOf(value: string): readonly string[] {
  const parts = [value, ...value.split(/;\s*/)];
  return [...parts, ...parts.map((part) => part.replace(/^[^\s=]+[\s=]\s*/, ""))];
}
