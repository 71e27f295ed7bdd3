import { RolloutApiError, RolloutNetworkError, RolloutResponseError } from "./classes.ts";
import { RolloutOtpError } from "./otp-error.ts";
import type { RolloutError } from "./rollout-error.ts";

/** Creates an error of the same class with the same fields and cause, and one more sentence in its message. */
export function addSentence(error: RolloutError, sentence: string): RolloutError {
  const message = `${error.message} ${sentence}`;
  if (error instanceof RolloutApiError) return new RolloutApiError(error.code, message, error, error, error.cause);
  if (error instanceof RolloutNetworkError) return new RolloutNetworkError(error.code, message, error, error.cause);
  if (error instanceof RolloutResponseError) {
    return new RolloutResponseError(error.code, message, error, error, error.cause);
  }
  if (error instanceof RolloutOtpError) return new RolloutOtpError(error.code, message, error, error.cause);
  return error;
}
