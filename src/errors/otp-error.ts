import { type ErrorDetail, RolloutError, withCause } from "./rollout-error.ts";

/** Codes of a {@link RolloutOtpError}. */
export type OtpErrorCode = "otp_rejected" | "otp_cancelled" | "otp_failed";

/** What a {@link RolloutOtpError} keeps of the challenge. */
export interface OtpErrorDetails {
  /** The challenge that the code was for. */
  readonly otpChallengeId: string;
  /** The server's reasons. Empty when it gave none. */
  readonly errors: readonly ErrorDetail[];
  /** Whether the credential may exist despite the error. */
  readonly mayHaveSucceeded: boolean;
}

/**
 * There is no credential yet: the code was rejected (`otp_rejected`: another may be tried), `onOtp` returned none
 * (`otp_cancelled`), or the exchange with the server failed (`otp_failed`).
 */
export class RolloutOtpError extends RolloutError implements OtpErrorDetails {
  /** The name of the class. Use it instead of `instanceof` if two copies of this package may be loaded. */
  override get name(): "RolloutOtpError" {
    return "RolloutOtpError";
  }
  readonly code: OtpErrorCode;
  readonly errors: readonly ErrorDetail[];
  readonly otpChallengeId: string;
  /**
   * Whether the credential may exist despite the error: `true` when a code was sent and the server neither rejected it nor
   * said that there is no credential.
   */
  readonly mayHaveSucceeded: boolean;

  constructor(code: OtpErrorCode, message: string, details: OtpErrorDetails, cause?: unknown) {
    super(message, withCause(cause));
    this.code = code;
    this.errors = details.errors;
    this.otpChallengeId = details.otpChallengeId;
    this.mayHaveSucceeded = details.mayHaveSucceeded;
  }
}
