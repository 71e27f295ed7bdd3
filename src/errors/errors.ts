import { isObject, memberOf } from "../values.ts";

/** Codes of a {@link RolloutApiError}: what the HTTP status of the response means. */
export type ApiErrorCode =
  | "bad_request"
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "rate_limited"
  | "server_error"
  | "unexpected_status";

/** Every `code` that an error of this package can have. A `switch` over it can be exhaustive. */
export type RolloutErrorCode = AnyRolloutError["code"];

/** Every error of this package: a `switch` over its `code` narrows to the class. */
export type AnyRolloutError =
  | RolloutConfigError
  | RolloutApiError
  | RolloutNetworkError
  | RolloutResponseError
  | RolloutOtpError
  | RolloutWebhookError
  | RolloutPopupError;

/** One reason that the server gives for an error. Source: the `errors` array of the document's 400 and 500 responses. */
export interface ErrorDetail {
  /** The reason, in the server's words. */
  readonly message: string;
  /** The part of the request that the reason is about, such as `/email`, where the server names one. */
  readonly path?: string;
}

/** The public fields of an error. */
interface ErrorFields {
  readonly mayHaveSucceeded: boolean;
  readonly [field: string]: unknown;
}

/** The base of every error that this package throws. */
export abstract class RolloutError extends Error {
  /** The name of the class. Use it instead of `instanceof` if two copies of this package may be loaded. */
  abstract override readonly name: AnyRolloutError["name"];
  /** What happened. Stable across releases. */
  abstract readonly code: RolloutErrorCode;
  /**
   * Whether the request may have taken effect despite the error: `false` after a 4xx other than 408 and 499 and for what was
   * never sent; `true` after a 5xx, a timeout, a connection lost after sending, an unreadable response, or an earlier attempt
   * that ended in one of these ways.
   */
  declare readonly mayHaveSucceeded: boolean;

  /** @internal */
  constructor(message: string, fields: ErrorFields, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    Object.assign(this, fields);
  }

  /** The name, the message, the fields and the cause, so that `JSON.stringify` and JSON loggers show them. */
  toJSON(): Record<string, unknown> {
    const { name, message } = this;
    const shown = (value: unknown) => (value instanceof Headers ? Object.fromEntries(value) : value);
    const fields = Object.entries(this).map(([field, value]) => [field, shown(value)]);
    return { name, message, ...Object.fromEntries(fields), ...causeOf(this) };
  }
}

function causeOf({ cause }: Error): { readonly cause?: unknown } {
  if (!(cause instanceof Error)) return cause === undefined ? {} : { cause };
  const { name, message } = cause;
  return { cause: { name, message, ...("code" in cause && { code: cause.code }), ...causeOf(cause) } };
}

/** An option of a client (`invalid_config`) or an argument (`invalid_input`) cannot be used. Usually, nothing was sent. */
export class RolloutConfigError extends RolloutError {
  override readonly name = "RolloutConfigError";
  declare readonly code: "invalid_config" | "invalid_input";
  /** The option or argument at fault, for example `baseUrl` or `userInputs.apiKey`. */
  declare readonly option: string;

  /** @internal */
  constructor(
    code: RolloutConfigError["code"],
    option: string,
    problem: string,
    { cause, mayHaveSucceeded = false }: { cause?: unknown; mayHaveSucceeded?: boolean } = {},
  ) {
    super(`${option} ${problem}`, { code, option, mayHaveSucceeded }, cause);
  }
}

/** An error of one call, with what is known about the call. */
export abstract class RolloutCallError extends RolloutError {
  /** The HTTP method, in capitals. */
  declare readonly method: string;
  /** The path as the OpenAPI document writes it, without parameter values. */
  declare readonly path: string;
  /** The origin of the API, such as `https://universal.rollout.com`. */
  declare readonly origin: string;
  /** How many times the request was sent, or the client tried to send it. */
  declare readonly attempts: number;
}

/** The server responded with a status that is not a success. */
export class RolloutApiError extends RolloutCallError {
  override readonly name = "RolloutApiError";
  declare readonly code: ApiErrorCode;
  /** The HTTP status. */
  declare readonly status: number;
  /** The server's reasons. Empty when the body has none. */
  declare readonly errors: readonly ErrorDetail[];
  /** The body: parsed if it is JSON, else text. `undefined` if it was empty or could not be read. */
  declare readonly body: unknown;
  /** The response headers, without `Set-Cookie`. */
  declare readonly headers: Headers;
  /** The id that the server gave the request, if a header has one. */
  declare readonly requestId: string | undefined;
  /** How many seconds the server asks to wait, from `Retry-After` (RFC 9110, section 10.2.3). */
  declare readonly retryAfter: number | undefined;
}

/** No complete response arrived: the connection failed (`network`), or it took longer than `timeout` (`timeout`). */
export class RolloutNetworkError extends RolloutCallError {
  override readonly name = "RolloutNetworkError";
  declare readonly code: "network" | "timeout";
}

/** The response is not what the API promises (`invalid_response`), or it is a redirect (`redirected`). */
export class RolloutResponseError extends RolloutCallError {
  override readonly name = "RolloutResponseError";
  declare readonly code: "invalid_response" | "redirected";
  /** The HTTP status. 0 if a browser hides it, as for a redirect. */
  declare readonly status: number;
  /** The response headers, without `Set-Cookie`. */
  declare readonly headers: Headers;
  /** The id that the server gave the request, if a header has one. */
  declare readonly requestId: string | undefined;
}

/**
 * The server rejected the code (`otp_rejected`: try another), `onOtp` gave none (`otp_cancelled`), or the exchange with the
 * server failed (`otp_failed`).
 */
export class RolloutOtpError extends RolloutError {
  override readonly name = "RolloutOtpError";
  declare readonly code: "otp_rejected" | "otp_cancelled" | "otp_failed";
  /** The server's reasons. Empty when it gave none. */
  declare readonly errors: readonly ErrorDetail[];
  readonly #otpChallengeId: string;

  /** @internal */
  constructor(message: string, fields: ErrorFields, otpChallengeId: string, cause?: unknown) {
    super(message, fields, cause);
    this.#otpChallengeId = otpChallengeId;
  }

  /** The challenge that the code was for. With a code, it connects the account: it is not printed. */
  get otpChallengeId(): string {
    return this.#otpChallengeId;
  }
}

/** A webhook cannot be used: Rollout did not sign it (`invalid_signature`), or its body is not JSON (`invalid_payload`). */
export class RolloutWebhookError extends RolloutError {
  override readonly name = "RolloutWebhookError";
  declare readonly code: "invalid_signature" | "invalid_payload";

  /** @internal */
  constructor(code: RolloutWebhookError["code"], message: string) {
    super(message, { code, mayHaveSucceeded: false });
  }
}

/**
 * The browser blocked the pop-up (`popup_blocked`), it was closed (`popup_closed`: the account may be connected all the same),
 * or the server refused (`authorization_failed`).
 */
export class RolloutPopupError extends RolloutError {
  override readonly name = "RolloutPopupError";
  declare readonly code: "popup_blocked" | "popup_closed" | "authorization_failed";
  /** The server's reasons, for `authorization_failed`. Empty when it gave none. */
  declare readonly errors: readonly ErrorDetail[];

  /** @internal */
  constructor(code: RolloutPopupError["code"], message: string, errors: readonly ErrorDetail[] = []) {
    super(message, { code, errors, mayHaveSucceeded: code === "popup_closed" });
  }
}

const NAME = /^Rollout(?:Config|Api|Network|Response|Otp|Webhook|Popup)Error$/;

/**
 * Type guard: whether `error` is an error of this package. It works across realms and two copies of the package too.
 *
 * @example
 * ```ts
 * import { isRolloutError } from "rollout-client";
 *
 * export const retryLater = (error: unknown) => isRolloutError(error) && error.code === "rate_limited";
 * ```
 */
export function isRolloutError(error: unknown): error is AnyRolloutError {
  return isObject(error) && NAME.test(String(memberOf(error, "name"))) && "code" in error;
}

/** Creates the error of an option that cannot be used. */
export function invalidConfig(option: string, problem: string): RolloutConfigError {
  return new RolloutConfigError("invalid_config", option, problem);
}

/** Creates the error of an argument that cannot be used. */
export function invalidInput(argument: string, problem: string): RolloutConfigError {
  return new RolloutConfigError("invalid_input", argument, problem);
}
