import type { ApiErrorCode, RolloutErrorCode } from "./error-codes.ts";

/** One reason the server gives for a refusal. Source: the `errors` array of the document's 400 and 500 answers. */
export interface ErrorDetail {
  /** The reason, as the server words it. */
  readonly message: string;
}

/** All errors of this package, told apart by `code`: annotate with it to have a `switch` narrow to the class. */
export type AnyRolloutError =
  | RolloutConfigError
  | RolloutApiError
  | RolloutNetworkError
  | RolloutResponseError
  | RolloutOtpError
  | RolloutWebhookError;

/** What is known of a call when it fails. */
export interface CallContext {
  /** The HTTP method, in capitals. */
  readonly method: string;
  /** The path as the OpenAPI document writes it, without parameter values. */
  readonly path: string;
  /** How often the request was sent, or tried to be sent. */
  readonly attempts: number;
  /**
   * Could the server have done it all the same? `false` after a 4xx and for what was never sent, `true` after a 5xx, a
   * timeout, a connection lost after sending, an answer that cannot be read.
   */
  readonly mayHaveSucceeded: boolean;
}

// A prototype property, as on the built-in errors: right in the first line of `stack`, absent from `Object.keys`.
function nameErrorClass(errorClass: { readonly prototype: Error }, name: string): void {
  Object.defineProperty(errorClass.prototype, "name", { value: name, configurable: true, writable: true });
}

function beneath(cause: unknown): ErrorOptions | undefined {
  return cause === undefined ? undefined : { cause };
}

/** The base of every error that this package throws. */
export abstract class RolloutError extends Error {
  /** What happened, stable across releases. */
  abstract readonly code: RolloutErrorCode;
  /** Could the server have done it all the same? `false` for what was never sent. */
  abstract readonly mayHaveSucceeded: boolean;

  /** The name and the message along with the fields, so that `JSON.stringify` and JSON loggers show them. */
  toJSON(): Record<string, unknown> {
    const json: Record<string, unknown> = { name: this.name, message: this.message };
    return Object.assign(json, this);
  }
}

/** An option or an argument cannot be used: thrown at construction, or before anything is sent. */
export class RolloutConfigError extends RolloutError {
  static {
    nameErrorClass(RolloutConfigError, "RolloutConfigError");
  }
  /** Tells the class where `instanceof` cannot: across two copies of this package. */
  declare readonly name: "RolloutConfigError";
  declare readonly code: "invalid_config";
  /** The option or argument at fault, for example `baseUrl` or `retry.limit`. */
  declare readonly option: string;
  /** `false`, unless an earlier attempt of the same PUT or DELETE had been sent. */
  declare readonly mayHaveSucceeded: boolean;

  constructor(option: string, problem: string, cause?: unknown, mayHaveSucceeded = false) {
    super(`${option} ${problem}`, beneath(cause));
    Object.assign(this, { option, mayHaveSucceeded, code: "invalid_config" });
  }
}

/** A failure of one call, with what is known of the call. */
export abstract class RolloutCallError extends RolloutError implements CallContext {
  declare readonly method: string;
  declare readonly path: string;
  declare readonly attempts: number;
  declare readonly mayHaveSucceeded: boolean;

  constructor(message: string, context: CallContext, cause?: unknown) {
    super(message, beneath(cause));
    Object.assign(this, context);
  }
}

/** What a {@link RolloutApiError} carries of the server's answer. */
export interface ApiErrorAnswer {
  /** The HTTP status. */
  readonly status: number;
  /** The server's reasons; empty when the body carried none. */
  readonly errors: readonly ErrorDetail[];
  /** The body: parsed where it is JSON, else text; `undefined` when it was empty or could not be read. */
  readonly body: unknown;
  /** The headers of the answer. */
  readonly headers: Headers;
  /** The id under which the server knows the request, where a header carries one. */
  readonly requestId?: string;
  /** Seconds the server asks to wait, from `Retry-After` (RFC 9110, section 10.2.3). */
  readonly retryAfter?: number;
}

/** The server answered with a status that is not a success. */
export class RolloutApiError extends RolloutCallError {
  static {
    nameErrorClass(RolloutApiError, "RolloutApiError");
  }
  /** Tells the class where `instanceof` cannot: across two copies of this package. */
  declare readonly name: "RolloutApiError";
  declare readonly code: ApiErrorCode;
  /** The HTTP status. */
  declare readonly status: number;
  /** The server's reasons; empty when the body carried none. */
  declare readonly errors: readonly ErrorDetail[];
  /** The body: parsed where it is JSON, else text; `undefined` when it was empty or could not be read. */
  declare readonly body: unknown;
  /** The headers of the answer. */
  declare readonly headers: Headers;
  /** The id under which the server knows the request, where a header carries one. */
  declare readonly requestId?: string;
  /** Seconds the server asks to wait, from `Retry-After` (RFC 9110, section 10.2.3). */
  declare readonly retryAfter?: number;

  constructor(code: ApiErrorCode, message: string, context: CallContext, answer: ApiErrorAnswer, cause?: unknown) {
    super(message, context, cause);
    Object.assign(this, answer, { code });
  }
}

/** No complete answer came: the connection failed (`network`), or it took longer than `timeout` (`timeout`). */
export class RolloutNetworkError extends RolloutCallError {
  static {
    nameErrorClass(RolloutNetworkError, "RolloutNetworkError");
  }
  /** Tells the class where `instanceof` cannot: across two copies of this package. */
  declare readonly name: "RolloutNetworkError";
  declare readonly code: "network" | "timeout";

  constructor(code: "network" | "timeout", message: string, context: CallContext, cause?: unknown) {
    super(message, context, cause);
    Object.assign(this, { code });
  }
}

/** An answer came that is not one of this API: it cannot be read (`invalid_response`), or points elsewhere (`redirected`). */
export class RolloutResponseError extends RolloutCallError {
  static {
    nameErrorClass(RolloutResponseError, "RolloutResponseError");
  }
  /** Tells the class where `instanceof` cannot: across two copies of this package. */
  declare readonly name: "RolloutResponseError";
  declare readonly code: "invalid_response" | "redirected";
  /** The HTTP status; 0 where a browser hides that of a redirect. */
  declare readonly status: number;
  /** The headers of the answer. */
  declare readonly headers: Headers;
  /** The id under which the server knows the request, where a header carries one. */
  declare readonly requestId?: string;

  constructor(
    code: "invalid_response" | "redirected",
    message: string,
    context: CallContext,
    answer: { readonly status: number; readonly headers: Headers; readonly requestId?: string },
    cause?: unknown,
  ) {
    super(message, context, cause);
    Object.assign(this, answer, { code });
  }
}

/** The one-time-password step failed: the code was refused (`otp_rejected`: try another), or the challenge is over (`otp_failed`). */
export class RolloutOtpError extends RolloutError {
  static {
    nameErrorClass(RolloutOtpError, "RolloutOtpError");
  }
  /** Tells the class where `instanceof` cannot: across two copies of this package. */
  declare readonly name: "RolloutOtpError";
  declare readonly code: "otp_rejected" | "otp_failed";
  /** The server's reasons; empty when it gave none. */
  declare readonly errors: readonly ErrorDetail[];
  /** The challenge that was being answered. */
  declare readonly otpChallengeId: string;
  /**
   * Could the credential exist all the same? `true` when a code had been sent and the server neither refused it nor said
   * that there is no credential.
   */
  declare readonly mayHaveSucceeded: boolean;

  constructor(
    code: "otp_rejected" | "otp_failed",
    message: string,
    conversation: {
      readonly otpChallengeId: string;
      readonly errors: readonly ErrorDetail[];
      readonly mayHaveSucceeded: boolean;
    },
    cause?: unknown,
  ) {
    super(message, beneath(cause));
    Object.assign(this, conversation, { code });
  }
}

/** A webhook delivery cannot be used: Rollout did not sign it (`invalid_signature`), or what was signed is not JSON (`invalid_payload`). */
export class RolloutWebhookError extends RolloutError {
  static {
    nameErrorClass(RolloutWebhookError, "RolloutWebhookError");
  }
  /** Tells the class where `instanceof` cannot: across two copies of this package. */
  declare readonly name: "RolloutWebhookError";
  declare readonly code: "invalid_signature" | "invalid_payload";
  /** `false`: verifying a delivery sends no request. */
  declare readonly mayHaveSucceeded: false;

  constructor(code: "invalid_signature" | "invalid_payload", message: string, cause?: unknown) {
    super(message, beneath(cause));
    Object.assign(this, { mayHaveSucceeded: false, code });
  }
}
