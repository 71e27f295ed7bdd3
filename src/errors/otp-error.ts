import { type ErrorDetail, RolloutError, withCause } from "./rollout-error.ts";

/** What a {@link RolloutOtpError} keeps of the challenge. */
export interface OtpErrorDetails {
  /** The challenge that the code was for. */
  readonly otpChallengeId: string;
  /** The server's reasons. Empty when it gave none. */
  readonly errors: readonly ErrorDetail[];
  /** Whether the credential may exist despite the error. */
  readonly mayHaveSucceeded: boolean;
}

/** The one-time password failed: the code was rejected (`otp_rejected`: try another), or the conversation failed (`otp_failed`). */
export class RolloutOtpError extends RolloutError implements OtpErrorDetails {
  /** The name of the class. Use it instead of `instanceof` if two copies of this package may be loaded. */
  override get name(): "RolloutOtpError" {
    return "RolloutOtpError";
  }
  readonly code: "otp_rejected" | "otp_failed";
  readonly errors: readonly ErrorDetail[];
  /** The challenge that the code was for. A secret of its user, so neither inspection nor JSON shows it. */
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
    Object.defineProperty(this, "otpChallengeId", { enumerable: false });
    this.mayHaveSucceeded = details.mayHaveSucceeded;
  }
}
