import {
  RolloutApiError,
  type RolloutError,
  RolloutNetworkError,
  RolloutOtpError,
  RolloutResponseError,
} from "./classes.ts";

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
