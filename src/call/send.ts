import { checkToken, type Token } from "../auth/token.ts";
import { pause, withDeadline } from "../deadline.ts";
import { invalidConfig } from "../errors/errors.ts";
import { createRedact, isSecretHeader, redactBody, redactHeaders, secretsInBody } from "../errors/redact.ts";
import type { Settings } from "../options.ts";
import { memberOf, NULL_BODY_STATUSES, parseJson } from "../values.ts";
import { type Attempt, makeAttempt, type ReceivedResponse } from "./attempt.ts";
import {
  type CallDetails,
  clockSkewOf,
  invalidResponseError,
  networkError,
  redirectError,
  requestIdOf,
  unsendableError,
} from "./call-errors.ts";
import { UnreadableResponse } from "./classify.ts";
import { notify } from "./log.ts";
import { isStream, type OutgoingRequest } from "./request.ts";
import { isIdempotent, isSafe, isThrottled, outcomeMayHaveSucceeded, readyDelay, retryDelay } from "./retry.ts";

// How long the rate limiter pauses after a refusal without Retry-After.
const DEFAULT_PAUSE_SECONDS = 1;
// The maximum number of throttled attempts of one call, even if the rate limiter makes progress.
const MAX_THROTTLED_ATTEMPTS = 20;

/** How log lines name what is neither a status nor a failure of the network. */
const RESULTS: Readonly<Partial<Record<Attempt["kind"], string>>> = {
  redirect: "redirected",
  unsendable: "invalid_config",
  timeout: "timeout",
  unreadable: "invalid_response",
};

const utf8 = new TextDecoder("utf-8", { fatal: true });
const lenientUtf8 = new TextDecoder();

/**
 * Sends a request, and retries it as often as is safe and allowed. Resolves to a response in memory, whatever its status, or to
 * the platform's response and its text, if nothing but the call reads it. Throws a `RolloutError`, the caller's abort reason, or
 * what a function of the caller's threw.
 *
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
): Promise<{ readonly response: Response; readonly text?: string }> {
  if (!request.url.startsWith(`${settings.origin}/`)) {
    throw invalidConfig("baseUrl", "must have the same origin for every call: the token is meant for no other");
  }
  const { method } = request.init;
  call.method = method;
  const { tokens, logger, rateLimiter, signal, retry, waitUntilReady } = settings;
  const sentTokens: string[] = [];
  call.redact = createRedact(() => [...sentTokens, ...secretsOf(request.init, input)]);
  let token: Token | undefined;
  let rejected: Token | undefined;
  let isRefreshed = false;
  let retries = 0;
  let throttled = 0;
  let successes = notify(() => rateLimiter?.successes);
  let conflicts = 0;
  // Set by the first 409: time in the rate limiter's queue does not count as waiting for data.
  let readyBy: number | undefined;

  const getToken = async (): Promise<string> => {
    const replaces = rejected;
    rejected = undefined;
    token = await tokens.token(replaces);
    const text = checkToken(token.text, "the token function returned", call.mayHaveSucceeded);
    sentTokens.push(text);
    return text;
  };

  /** How many milliseconds to wait before the next attempt, or `undefined` if this one is the last. */
  const nextDelay = (attempt: Attempt, isThrottle: boolean): number | undefined => {
    const { kind, status, retryAfter } = attempt;
    // A stream can be sent only once.
    if (kind === "success" || isStream(request.init.body)) return undefined;
    if (kind === "status" && status === 401) {
      if (isRefreshed || !tokens.refreshable) return undefined;
      isRefreshed = true;
      rejected = token;
      return 0;
    }
    if (kind === "status" && status === 409 && waitUntilReady) {
      readyBy ??= performance.now() + waitUntilReady;
      conflicts += 1;
      return readyDelay(conflicts - 1, readyBy - performance.now(), retryAfter);
    }
    const delay = retryDelay(method, attempt, retries, retry);
    if (!isThrottle) {
      retries += 1;
      return delay;
    }
    // A throttled attempt counts as a retry, unless the rate limiter has seen successes since the last one.
    const before = successes;
    successes = notify(() => rateLimiter?.successes);
    if (successes === before) retries += 1;
    throttled += 1;
    return throttled > MAX_THROTTLED_ATTEMPTS ? undefined : delay;
  };

  let attempt: Attempt;
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
    attempt = await makeAttempt(request, settings, getToken, call);
    const { kind, response } = attempt;
    const status = response?.status;
    call.status = status;
    if (settings.onCall !== undefined) call.requestId = response && requestIdOf(response.headers);
    const isThrottle = kind === "status" && isThrottled(attempt);
    const delay = nextDelay(attempt, isThrottle);
    // A limiter that has `refused` makes all its calls wait, including this one.
    const limiterWaits = isThrottle && notify(() => rateLimiter?.refused) !== undefined;
    if (logger !== undefined) {
      // Only numbers and names from the OpenAPI document, so that the line cannot contain a secret.
      const name = status === undefined && kind === "unreadable" ? undefined : RESULTS[kind];
      const result = kind === "success" || kind === "status" ? status : (name ?? "network");
      const next = limiterWaits ? ", retry as the rate limiter allows" : `, retry in ${delay} ms`;
      const duration = Math.round(performance.now() - began);
      const line = `${call.method} ${call.path} ${result}, attempt ${call.attempts}, ${duration} ms`;
      notify(() => logger[kind === "success" ? "debug" : "warn"](delay === undefined ? line : line + next));
    }
    if (isThrottle) {
      const { retryAfter = DEFAULT_PAUSE_SECONDS } = attempt;
      notify(() => rateLimiter?.refused?.(Math.min(retry.maxDelay, retryAfter * 1000)));
    } else if (status !== undefined && status < 500) notify(() => rateLimiter?.succeeded?.());
    if (delay === undefined) break;
    // The last response does not tell what an earlier attempt did. A POST is only retried if the server did nothing.
    const mayRepeat = isIdempotent(method) && !isSafe(method);
    if (mayRepeat && outcomeMayHaveSucceeded(method, attempt)) call.mayHaveSucceeded = true;
    if (!limiterWaits) await pause(delay, signal);
  }

  // Middleware that responds in the server's place does not undo what that did.
  call.mayHaveSucceeded ||= outcomeMayHaveSucceeded(method, attempt);
  const { kind, response, bytes = null, thrown } = attempt;
  if (kind === "unsendable") throw unsendableError(attempt, call);
  if (!response || kind === "lost" || kind === "timeout") throw networkError(attempt, settings.timeout, call);
  if (kind === "redirect") throw redirectError(response, request.url, call);
  if (kind === "unreadable") {
    const isOurs = thrown instanceof UnreadableResponse;
    const problem = isOurs ? thrown.message : "the body is not in the encoding that Content-Encoding names";
    throw invalidResponseError(response, problem, call, thrown);
  }
  if (kind === "status") {
    const { redact } = call;
    call.clockSkew = clockSkewOf(response.headers);
    call.bodyFailure = thrown;
    const headers = redactHeaders(response.headers, redact);
    const body = bytes && redactBody(lenientUtf8.decode(bytes), redact);
    call.redacted = inMemory({ ...response, headers, statusText: redact(response.statusText) }, body);
    return { response: call.redacted };
  }
  if (!parsesText) return { response: inMemory(response, bytes) };
  try {
    // Only UTF-8, so that no replacement characters reach the caller.
    const text = utf8.decode(bytes ?? undefined);
    const { original } = response;
    return isObserved || !isResponse(original) ? { response: inMemory(response, text) } : { response: original, text };
  } catch (cause) {
    throw invalidResponseError(response, "the body is not UTF-8", call, cause);
  }
}

// By its shape: a framework may have replaced the global Response.
function isResponse(original: object): original is Response {
  return (
    "headers" in original &&
    original.headers instanceof Headers &&
    memberOf(original, "ok") === true &&
    "clone" in original
  );
}

/** Creates a response. Its body is text where it can be: that of React Native takes bytes for Latin-1. */
function inMemory(
  { status, statusText, headers, url }: ReceivedResponse,
  body: string | Uint8Array<ArrayBuffer> | null,
): Response {
  const isConstructible = status >= 200 && status <= 599;
  const response = new Response(NULL_BODY_STATUSES.includes(status) ? null : body, {
    status: isConstructible ? status : 500,
    // Node decodes a reason phrase as UTF-8, but the constructor takes only what can be one byte.
    statusText: statusText.replace(/[^\t -~\x80-\xff]/g, "?"),
    headers,
  });
  // For a text, the constructor adds a media type. A framework's Response may share immutable headers: only an added one goes.
  if (!headers.has("content-type") && response.headers.has("content-type")) response.headers.delete("content-type");
  // The constructor cannot set these, and a framework's Response may refuse them.
  Reflect.defineProperty(response, "url", { value: url });
  if (!isConstructible) Reflect.defineProperty(response, "status", { value: status });
  return response;
}

/** The secrets of a call, except its tokens: what users entered, as passed and as sent, and the caller's own headers. */
function secretsOf({ body, headers }: OutgoingRequest["init"], input: unknown): readonly string[] {
  const sent = body === undefined || isStream(body) ? "" : typeof body === "string" ? body : lenientUtf8.decode(body);
  const secretHeaders = [...headers].filter(([name]) => isSecretHeader(name)).flatMap(([, value]) => partsOf(value));
  return [...secretsInBody(input), sent, ...secretsInBody(parseJson(sent)), ...secretHeaders];
}

/** A header value, each of its cookies, and what is behind the name of a cookie or a user, or the scheme of a credential. */
function partsOf(value: string): readonly string[] {
  const parts = [value, ...value.split(/;\s*/)];
  return [...parts, ...parts.map((part) => part.replace(/^[^\s=:]+[\s=:]\s*/, ""))];
}
