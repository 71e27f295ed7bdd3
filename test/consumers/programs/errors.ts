// What went wrong, told apart by class and by code.
import {
  type AnyRolloutError,
  RolloutApiError,
  RolloutCallError,
  RolloutError,
  type RolloutErrorCode,
  RolloutNetworkError,
} from "rollout-client";

export function explain(error: unknown): string {
  if (error instanceof RolloutApiError) {
    const { status, retryAfter = 0, requestId, errors } = error;
    return `${status} ${requestId ?? ""} in ${retryAfter} s: ${errors.map(({ message }) => message).join()}`;
  }
  if (error instanceof RolloutNetworkError && error.code === "timeout") return `${error.method} took too long`;
  if (error instanceof RolloutCallError && error.mayHaveSucceeded) return "look before sending it again";
  if (error instanceof RolloutError) return `${error.code}: ${error.message}`;
  throw error;
}

export function narrow(error: AnyRolloutError): string {
  switch (error.code) {
    case "invalid_config":
    case "invalid_input":
      return error.option;
    case "bad_request":
    case "unauthorized":
    case "forbidden":
    case "not_found":
    case "conflict":
    case "rate_limited":
    case "server_error":
    case "unexpected_status":
      return String(error.status + (error.headers.has("date") ? 1 : 0));
    case "network":
    case "timeout":
      return error.path;
    case "invalid_response":
    case "redirected":
      return error.name;
    case "otp_rejected":
    case "otp_cancelled":
    case "otp_failed":
      return error.otpChallengeId;
    case "popup_blocked":
    case "popup_closed":
    case "authorization_failed":
      return String(error.errors.length);
    case "invalid_signature":
    case "invalid_payload":
      return error.message;
    default: {
      const none: never = error;
      return none;
    }
  }
}

export const codes: readonly RolloutErrorCode[] = ["network", "timeout"];
