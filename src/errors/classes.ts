import { memberOf } from "../values/json.ts";
import type { ApiErrorCode, RolloutErrorCode } from "./codes.ts";

/** One reason that the server gives for an error. Source: the `errors` array of the document's 400 and 500 responses. */
export interface ErrorDetail {
  /** The reason, in the server's words. */
  readonly message: string;
  /** The part of the request that the reason is about, such as `/email`, where the server names one. */
  readonly path?: string;
}

/** Every error of this package. Where a value has this type, a `switch` over `code` narrows to the class. */
export type AnyRolloutError =
  | RolloutConfigError
  | RolloutApiError
  | RolloutNetworkError
  | RolloutResponseError
  | RolloutOtpError
  | RolloutWebhookError;

/** What is known about a call when it fails. */
export interface CallContext {
  /** The HTTP method, in capitals. */
  readonly method: string;
  /** The path as the OpenAPI document writes it, without parameter values. */
  readonly path: string;
  /** How many times the request was sent, or tried to be sent. */
  readonly attempts: number;
  /**
   * Whether the request may have taken effect despite the error: `false` after a 4xx and for what was never sent, `true`
   * after a 5xx, a timeout, a connection lost after sending, or an unreadable response.
   */
  readonly mayHaveSucceeded: boolean;
}

/** The base of every error that this package throws. */
export abstract class RolloutError extends Error {
  /** What happened. Stable across releases. */
  abstract readonly code: RolloutErrorCode;
  /** Whether the request may have taken effect despite the error. `false` for what was never sent. */
  abstract readonly mayHaveSucceeded: boolean;

  /** The name, the message, the fields and the cause, so that `JSON.stringify` and JSON loggers show them. */
  toJSON(): Record<string, unknown> {
    const fields = Object.entries(this).map(([name, value]) => [
      name,
      value instanceof Headers ? headersOf(value) : value,
    ]);
    return { name: this.name, message: this.message, ...Object.fromEntries(fields), ...causeOf(this) };
  }
}

function causeOf({ cause }: Error): { readonly cause?: unknown } {
  if (!(cause instanceof Error)) return cause === undefined ? {} : { cause };
  if (cause instanceof RolloutError) return { cause: cause.toJSON() };
  const code = memberOf(cause, "code");
  const shown = { name: cause.name, message: cause.message, ...(code === undefined ? {} : { code }) };
  return { cause: { ...shown, ...causeOf(cause) } };
}

// A cookie that the server sets may be the secret of a session.
function headersOf(headers: Headers): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => name !== "set-cookie"));
}

/** What else a {@link RolloutConfigError} may carry. */
export interface ConfigErrorDetails {
  /** The error beneath. */
  readonly cause?: unknown;
  /** Whether an earlier attempt of the same call may have taken effect. */
  readonly mayHaveSucceeded?: boolean;
}

/** An option or argument cannot be used. Thrown at construction, or before anything is sent. */
export class RolloutConfigError extends RolloutError {
  /** The name of the class. Use it instead of `instanceof` where two copies of this package may meet. */
  override get name(): "RolloutConfigError" {
    return "RolloutConfigError";
  }
  readonly code = "invalid_config";
  /** The option or argument at fault, for example `baseUrl` or `retry.limit`. */
  readonly option: string;
  /** `false`, unless an earlier attempt of the same PUT or DELETE was sent. */
  readonly mayHaveSucceeded: boolean;

  constructor(option: string, problem: string, { cause, mayHaveSucceeded = false }: ConfigErrorDetails = {}) {
    super(`${option} ${problem}`, withCause(cause));
    this.option = option;
    this.mayHaveSucceeded = mayHaveSucceeded;
  }
}

/** An error of one call, with what is known about the call. */
export abstract class RolloutCallError extends RolloutError implements CallContext {
  readonly method: string;
  readonly path: string;
  readonly attempts: number;
  readonly mayHaveSucceeded: boolean;

  constructor(message: string, context: CallContext, cause?: unknown) {
    super(message, withCause(cause));
    this.method = context.method;
    this.path = context.path;
    this.attempts = context.attempts;
    this.mayHaveSucceeded = context.mayHaveSucceeded;
  }
}

/** What an error carries of the server's response. */
export interface ErrorResponse {
  /** The HTTP status. */
  readonly status: number;
  /** The response headers. */
  readonly headers: Headers;
  /** The id that the server gave the request, if a header has one. */
  readonly requestId: string | undefined;
}

/** What a {@link RolloutApiError} carries of the server's response. */
export interface ApiErrorResponse extends ErrorResponse {
  /** The server's reasons. Empty when the body has none. */
  readonly errors: readonly ErrorDetail[];
  /** The body: parsed if it is JSON, else text. `undefined` if it was empty or could not be read. */
  readonly body: unknown;
  /** How many seconds the server asks to wait, from `Retry-After` (RFC 9110, section 10.2.3). */
  readonly retryAfter: number | undefined;
}

/** The server responded with a status that is not a success. */
export class RolloutApiError extends RolloutCallError implements ApiErrorResponse {
  /** The name of the class. Use it instead of `instanceof` where two copies of this package may meet. */
  override get name(): "RolloutApiError" {
    return "RolloutApiError";
  }
  readonly code: ApiErrorCode;
  readonly status: number;
  readonly errors: readonly ErrorDetail[];
  readonly body: unknown;
  readonly headers: Headers;
  readonly requestId: string | undefined;
  readonly retryAfter: number | undefined;

  constructor(code: ApiErrorCode, message: string, context: CallContext, response: ApiErrorResponse, cause?: unknown) {
    super(message, context, cause);
    this.code = code;
    this.status = response.status;
    this.errors = response.errors;
    this.body = response.body;
    this.headers = response.headers;
    this.requestId = response.requestId;
    this.retryAfter = response.retryAfter;
  }
}

/** No complete response arrived: the connection failed (`network`), or it took longer than `timeout` (`timeout`). */
export class RolloutNetworkError extends RolloutCallError {
  /** The name of the class. Use it instead of `instanceof` where two copies of this package may meet. */
  override get name(): "RolloutNetworkError" {
    return "RolloutNetworkError";
  }
  readonly code: "network" | "timeout";

  constructor(code: "network" | "timeout", message: string, context: CallContext, cause?: unknown) {
    super(message, context, cause);
    this.code = code;
  }
}

/** The response is not what the API promises (`invalid_response`), or it is a redirect (`redirected`). */
export class RolloutResponseError extends RolloutCallError implements ErrorResponse {
  /** The name of the class. Use it instead of `instanceof` where two copies of this package may meet. */
  override get name(): "RolloutResponseError" {
    return "RolloutResponseError";
  }
  readonly code: "invalid_response" | "redirected";
  /** The HTTP status. 0 where a browser hides that of a redirect. */
  readonly status: number;
  readonly headers: Headers;
  readonly requestId: string | undefined;

  constructor(
    code: "invalid_response" | "redirected",
    message: string,
    context: CallContext,
    response: ErrorResponse,
    cause?: unknown,
  ) {
    super(message, context, cause);
    this.code = code;
    this.status = response.status;
    this.headers = response.headers;
    this.requestId = response.requestId;
  }
}

/** What a {@link RolloutOtpError} carries of the challenge. */
export interface OtpErrorDetails {
  /** The challenge that the code was for. */
  readonly otpChallengeId: string;
  /** The server's reasons. Empty when it gave none. */
  readonly errors: readonly ErrorDetail[];
  /** Whether the credential may exist despite the error. */
  readonly mayHaveSucceeded: boolean;
}

/** The one-time password failed: the code was rejected (`otp_rejected`: try another), or the challenge is over (`otp_failed`). */
export class RolloutOtpError extends RolloutError implements OtpErrorDetails {
  /** The name of the class. Use it instead of `instanceof` where two copies of this package may meet. */
  override get name(): "RolloutOtpError" {
    return "RolloutOtpError";
  }
  readonly code: "otp_rejected" | "otp_failed";
  readonly errors: readonly ErrorDetail[];
  readonly otpChallengeId: string;
  /**
   * Whether the credential may exist despite the error: `true` when a code was sent and the server neither rejected it nor
   * said that there is no credential.
   */
  readonly mayHaveSucceeded: boolean;

  constructor(code: "otp_rejected" | "otp_failed", message: string, details: OtpErrorDetails, cause?: unknown) {
    super(message, withCause(cause));
    this.code = code;
    this.errors = details.errors;
    this.otpChallengeId = details.otpChallengeId;
    this.mayHaveSucceeded = details.mayHaveSucceeded;
  }
}

/** A webhook delivery cannot be used: Rollout did not sign it (`invalid_signature`), or its body is not JSON (`invalid_payload`). */
export class RolloutWebhookError extends RolloutError {
  /** The name of the class. Use it instead of `instanceof` where two copies of this package may meet. */
  override get name(): "RolloutWebhookError" {
    return "RolloutWebhookError";
  }
  readonly code: "invalid_signature" | "invalid_payload";
  /** `false`: verifying a delivery sends no request. */
  readonly mayHaveSucceeded = false;

  constructor(code: "invalid_signature" | "invalid_payload", message: string, cause?: unknown) {
    super(message, withCause(cause));
    this.code = code;
  }
}

/**
 * Type guard: whether `error` is an error of this package. It works across two copies of the package too.
 *
 * @example
 * ```ts
 * import { isRolloutError } from "rollout-client";
 *
 * export const retryLater = (error: unknown) => isRolloutError(error) && error.code === "rate_limited";
 * ```
 */
export function isRolloutError(error: unknown): error is AnyRolloutError {
  return error instanceof RolloutError || (error instanceof Error && NAMES.includes(error.name) && "code" in error);
}

const NAMES: readonly string[] = [
  "RolloutConfigError",
  "RolloutApiError",
  "RolloutNetworkError",
  "RolloutResponseError",
  "RolloutOtpError",
  "RolloutWebhookError",
] satisfies AnyRolloutError["name"][];

function withCause(cause: unknown): ErrorOptions | undefined {
  return cause === undefined ? undefined : { cause };
}
