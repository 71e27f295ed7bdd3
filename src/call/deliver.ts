import { type AttemptFailure, mayHaveActed } from "../errors/attempt-failure.ts";
import { RolloutConfigError } from "../errors/classes.ts";
import type { CallReport } from "../errors/from-response.ts";
import { isIdempotent, isSafe } from "../errors/methods.ts";
import { createRedact, redactCause, userInputValues } from "../errors/redact.ts";
import { parseRetryAfter } from "../errors/retry-after.ts";
import { parseJson } from "../values/json.ts";
import { type Attempt, attempt } from "./attempt.ts";
import type { CallSettings } from "./call-options.ts";
import { conclude, type Delivery } from "./conclude.ts";
import { pause } from "./deadline.ts";
import type { FetchResponse } from "./fetch-function.ts";
import { logAttempt } from "./log.ts";
import { bodyText, type OutgoingRequest } from "./outgoing-request.ts";
import { isRedirect } from "./response-body.ts";
import { retryDelay } from "./retry.ts";
import type { Settings } from "./settings.ts";

/** The call that a request belongs to. */
export interface DeliveredCall extends CallSettings {
  /** The path as the OpenAPI document writes it. */
  readonly path: string;
  /** The body as the caller passed it. */
  readonly input: unknown;
  /** Whether the body of a success will be read as text. */
  readonly isText: boolean;
}

/**
 * Sends a request, and retries it as often as is safe and allowed. Resolves to a response in memory, whatever its status.
 * Throws a finished `RolloutError`, or the caller's abort reason.
 */
export async function deliver(request: OutgoingRequest, call: DeliveredCall, settings: Settings): Promise<Delivery> {
  if (!request.url.startsWith(`${settings.origin}/`)) {
    throw new RolloutConfigError(
      "baseUrl",
      "must have the same origin for every call: the token is meant for no other",
    );
  }
  const { method } = request;
  const { bearer, logger, maxResponseBytes } = settings;
  const tokens: string[] = [];
  const redact = createRedact(() => [...tokens, ...secretsOf(call.input, bodyText(request.body))]);
  let attempts = 0;
  let retries = 0;
  let refresh = false;
  let refreshable = bearer.refreshable && !request.isStream;
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

  const planRetry = (failure: AttemptFailure): { readonly wait: number; readonly refresh: boolean } | undefined => {
    if (failure.kind === "status" && failure.status === 401) {
      return refreshable ? { wait: 0, refresh: true } : undefined;
    }
    const wait = request.isStream ? undefined : retryDelay(method, failure, retries, call.retry);
    return wait === undefined ? undefined : { wait, refresh: false };
  };

  const isRetried = (response: FetchResponse): boolean => planRetry(statusFailure(response)) !== undefined;

  for (;;) {
    const began = performance.now();
    const last = await attempt(request, { ...call, maxResponseBytes, token, isRetried });
    if (last.kind === "response" || last.sent) attempts += 1;
    // Perhaps it was the token that did not come: the next call must not wait for the same one.
    else bearer.forgetRefresh();
    const failure = failureOf(last);
    const retry = failure === undefined ? undefined : planRetry(failure);
    logAttempt(logger, { method, path: call.path, attempts, result: resultOf(last), began, wait: retry?.wait });
    if (failure === undefined || retry === undefined) {
      const report: CallReport = { method, path: call.path, attempts, mayHaveSucceeded, redact };
      return conclude(request, last, call.timeout, report);
    }
    // The last response may not tell what an earlier attempt did. A POST is only retried when it did nothing.
    if (isIdempotent(method) && !isSafe(method) && mayHaveActed(failure)) mayHaveSucceeded = true;
    refresh = retry.refresh;
    if (refresh) refreshable = false;
    else retries += 1;
    await pause(retry.wait, call.signal);
  }
}

function statusFailure({ status, headers }: FetchResponse): AttemptFailure {
  return { kind: "status", status, retryAfter: parseRetryAfter(headers.get("retry-after")) };
}

function failureOf(last: Attempt): AttemptFailure | undefined {
  if (last.kind === "failure") return last.failure;
  return last.response.ok || isRedirect(last.response) ? undefined : statusFailure(last.response);
}

/** How a log line calls an attempt. */
function resultOf(last: Attempt): number | string {
  if (last.kind === "response") return isRedirect(last.response) ? "redirected" : last.response.status;
  if (last.failure.kind === "timeout") return "timeout";
  return last.failure.kind === "unreadable" && last.response !== undefined ? "invalid_response" : "network";
}

function secretsOf(input: unknown, sent: string | undefined): string[] {
  return [...userInputValues(input), ...(sent === undefined ? [] : [sent, ...userInputValues(parseJson(sent))])];
}
