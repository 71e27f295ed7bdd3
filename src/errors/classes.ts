import type { ApiErrorCode } from "./codes.ts";
import { type ErrorDetail, RolloutError, withCause } from "./rollout-error.ts";

/** What is known about a call when it fails. */
export interface CallContext {
  /** The HTTP method, in capitals. */
  readonly method: string;
  /** The path as the OpenAPI document writes it, without parameter values. */
  readonly path: string;
  /** How many times the request was sent, or the client tried to send it. */
  readonly attempts: number;
  /**
   * Whether the request may have taken effect despite the error: `false` after a 4xx and for what was never sent, `true`
   * after a 5xx, a timeout, a connection lost after sending, an unreadable response, or an earlier attempt that
   * ended in one of these ways.
   */
  readonly mayHaveSucceeded: boolean;
}

/** What else a {@link RolloutConfigError} may carry. */
export interface ConfigErrorDetails {
  /** `invalid_input` for an argument of an operation. @default "invalid_config" */
  readonly code?: "invalid_config" | "invalid_input";
  /** The underlying error. */
  readonly cause?: unknown;
  /** Whether an earlier attempt of the same call may have taken effect. */
  readonly mayHaveSucceeded?: boolean;
}

/** An option, an argument or the result of your own function cannot be used. Thrown before anything is sent, where possible. */
export class RolloutConfigError extends RolloutError {
  /** The name of the class. Use it instead of `instanceof` if two copies of this package may be loaded. */
  override get name(): "RolloutConfigError" {
    return "RolloutConfigError";
  }
  /** `invalid_input` for an argument of an operation, `invalid_config` for everything else. */
  readonly code: "invalid_config" | "invalid_input";
  /** The option or argument at fault, for example `baseUrl` or `retry.limit`. */
  readonly option: string;
  /** `false`, unless an earlier attempt of the same PUT or DELETE was sent. */
  readonly mayHaveSucceeded: boolean;

  constructor(option: string, problem: string, details: ConfigErrorDetails = {}) {
    const { code = "invalid_config", cause, mayHaveSucceeded = false } = details;
    super(`${option} ${problem}`, withCause(cause));
    this.code = code;
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

/** What an error keeps of the server's response. */
export interface ErrorResponse {
  /** The HTTP status. */
  readonly status: number;
  /** The response headers. */
  readonly headers: Headers;
  /** The id that the server gave the request, if a header has one. */
  readonly requestId: string | undefined;
}

/** What a {@link RolloutApiError} keeps of the server's response. */
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
  /** The name of the class. Use it instead of `instanceof` if two copies of this package may be loaded. */
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
  /** The name of the class. Use it instead of `instanceof` if two copies of this package may be loaded. */
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
  /** The name of the class. Use it instead of `instanceof` if two copies of this package may be loaded. */
  override get name(): "RolloutResponseError" {
    return "RolloutResponseError";
  }
  readonly code: "invalid_response" | "redirected";
  /** The HTTP status. 0 if a browser hides it, as for a redirect. */
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
