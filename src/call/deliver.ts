import { type AttemptFailure, mayHaveActed } from "../errors/attempt-failure.ts";
import { RolloutConfigError } from "../errors/classes.ts";
import { isIdempotent, isSafe } from "../errors/methods.ts";
import { createRedact, isSecretHeader, redactCause, secretsInBody } from "../errors/redact.ts";
import { retryAfterOf } from "../errors/retry-after.ts";
import { parseJson } from "../values/json.ts";
import { type Attempt, attempt } from "./attempt.ts";
import type { CallSettings } from "./call-options.ts";
import { conclude, type Delivery } from "./conclude.ts";
import { pause, withDeadline } from "./deadline.ts";
import { logAttempt } from "./log.ts";
import { bodyText, type OutgoingRequest } from "./outgoing-request.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import { isRedirect } from "./response-body.ts";
import { createRetries } from "./retries.ts";
import { isRefusal } from "./retry.ts";
import type { Settings } from "./settings.ts";

/** The call that a request belongs to. */
export interface DeliveredCall extends CallSettings {
  /** The path as the OpenAPI document writes it. */
  readonly path: string;
  /** The body as the caller passed it. */
  readonly input: unknown;
  /** Whether the body of a success will be read as text. */
  readonly isText: boolean;
  /** Whether only openapi-fetch reads the body of a success, and as text. */
  readonly readsOnlyText: boolean;
}

// How long the rate limiter pauses after a refusal without Retry-After.
const DEFAULT_PAUSE_MILLISECONDS = 1_000;

/**
 * Sends a request, and retries it as often as is safe and allowed. Resolves to a response in memory, whatever its status.
 * Throws a `RolloutError` or the caller's abort reason.
 */
export async function deliver(request: OutgoingRequest, call: DeliveredCall, settings: Settings): Promise<Delivery> {
  if (!request.url.startsWith(`${settings.origin}/`)) {
    throw new RolloutConfigError(
      "baseUrl",
      "must have the same origin for every call: the token is meant for no other",
    );
  }
  const { method } = request;
  const { bearer, logger, maxResponseBytes, rateLimiter } = settings;
  const tokens: string[] = [];
  const redact = createRedact(() => [
    ...tokens,
    ...[...request.headers].filter(([name]) => isSecretHeader(name)).map(([, value]) => value),
    ...secretsOf(call.input, bodyText(request.body)),
  ]);
  const nextRetry = createRetries(request, call, settings);
  let attempts = 0;
  let refresh = false;
  let mayHaveSucceeded = false;

  const token = async (): Promise<string> => {
    try {
      const token = await bearer.token(refresh);
      tokens.push(token);
      return token;
    } catch (cause) {
      if (cause instanceof RolloutConfigError && !mayHaveSucceeded) throw cause;
      const details = { cause: redactCause(cause, redact), mayHaveSucceeded };
      throw new RolloutConfigError("token", "could not be fetched: its function failed", details);
    }
  };

  for (;;) {
    if (rateLimiter !== undefined) await waitForTurn(rateLimiter, call.signal, mayHaveSucceeded);
    const began = performance.now();
    const last = await attempt(request, { ...call, maxResponseBytes, token });
    if (last.kind === "response" || last.sent) attempts += 1;
    // The token itself may have timed out: the next call must not wait for the same one.
    else bearer.abandonRefresh();
    const failure = failureOf(last);
    const retry = failure === undefined ? undefined : nextRetry(failure);
    // A limiter that has `refused` makes all its calls wait, including this one.
    const limiterWaits = retry?.kind === "refusal" && rateLimiter?.refused !== undefined;
    const when = limiterWaits ? "retry as the rate limiter allows" : retry && `retry in ${retry.wait} ms`;
    logAttempt(logger, { method, path: call.path, attempts, result: resultOf(last), began, retry: when });
    if (failure !== undefined && isRefusal(failure)) rateLimiter?.refused?.(pauseOf(failure, call.retry.maxDelay));
    else if (last.kind === "response" && last.response.status < 500) rateLimiter?.succeeded?.();
    if (failure === undefined || retry === undefined) {
      return conclude(request, last, call, { method, path: call.path, attempts, mayHaveSucceeded, redact });
    }
    // The last response does not tell what an earlier attempt did. A POST is only retried if the server did nothing.
    if (isIdempotent(method) && !isSafe(method) && mayHaveActed(failure)) mayHaveSucceeded = true;
    refresh = retry.kind === "refresh";
    if (!limiterWaits) await pause(retry.wait, call.signal);
  }
}

async function waitForTurn(
  rateLimiter: RateLimiter,
  signal: AbortSignal | undefined,
  mayHaveSucceeded: boolean,
): Promise<void> {
  try {
    if (signal === undefined) await rateLimiter.acquire();
    // A custom limiter may ignore the signal.
    else await withDeadline(signal, undefined, async () => rateLimiter.acquire(signal));
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw new RolloutConfigError("rateLimiter", "failed: its acquire rejected", { cause, mayHaveSucceeded });
  }
}

function pauseOf(failure: AttemptFailure, maxDelay: number): number {
  const asked = failure.kind === "status" && failure.retryAfter !== undefined ? failure.retryAfter * 1000 : undefined;
  return Math.min(maxDelay, asked ?? DEFAULT_PAUSE_MILLISECONDS);
}

function failureOf(last: Attempt): AttemptFailure | undefined {
  if (last.kind === "failure") return last.failure;
  const { status, ok, headers } = last.response;
  if (ok || isRedirect(last.response)) return undefined;
  return { kind: "status", status, retryAfter: retryAfterOf(headers) };
}

/** The result of an attempt, as log lines name it. */
function resultOf(last: Attempt): number | string {
  if (last.kind === "response") return isRedirect(last.response) ? "redirected" : last.response.status;
  if (last.failure.kind === "timeout") return "timeout";
  return last.failure.kind === "unreadable" && last.response !== undefined ? "invalid_response" : "network";
}

function secretsOf(input: unknown, sent: string | undefined): string[] {
  return [...secretsInBody(input), ...(sent === undefined ? [] : [sent, ...secretsInBody(parseJson(sent))])];
}
