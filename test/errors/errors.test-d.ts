import type {
  AnyRolloutError,
  RolloutApiError,
  RolloutConfigError,
  RolloutError,
  RolloutErrorCode,
  RolloutNetworkError,
  RolloutOtpError,
  RolloutResponseError,
  RolloutWebhookError,
} from "rollout-client";
import { describe, expectTypeOf, test } from "vitest";

describe("errors", () => {
  test("have codes that a switch can exhaust", () => {
    const meaning = (error: RolloutError): string => {
      switch (error.code) {
        case "invalid_config":
        case "bad_request":
        case "unauthorized":
        case "forbidden":
        case "not_found":
        case "conflict":
        case "rate_limited":
        case "server_error":
        case "unexpected_status":
        case "network":
        case "timeout":
        case "invalid_response":
        case "redirected":
        case "otp_rejected":
        case "otp_failed":
        case "invalid_signature":
        case "invalid_payload":
          return error.code;
        default:
          expectTypeOf(error.code).toBeNever();
          return error.code;
      }
    };
    expectTypeOf(meaning).returns.toBeString();
    expectTypeOf<AnyRolloutError["code"]>().toEqualTypeOf<RolloutErrorCode>();
  });

  test("narrow by their code", () => {
    const narrowed = (error: AnyRolloutError): void => {
      if (error.code === "invalid_config") expectTypeOf(error).toEqualTypeOf<RolloutConfigError>();
      if (error.code === "rate_limited") expectTypeOf(error).toEqualTypeOf<RolloutApiError>();
      if (error.code === "timeout") expectTypeOf(error).toEqualTypeOf<RolloutNetworkError>();
      if (error.code === "redirected") expectTypeOf(error).toEqualTypeOf<RolloutResponseError>();
      if (error.code === "otp_failed") expectTypeOf(error).toEqualTypeOf<RolloutOtpError>();
      if (error.code === "invalid_signature") expectTypeOf(error).toEqualTypeOf<RolloutWebhookError>();
    };
    expectTypeOf(narrowed).toBeFunction();
  });

  test("narrow by their name", () => {
    const narrowed = (error: AnyRolloutError): void => {
      if (error.name === "RolloutApiError") expectTypeOf(error).toEqualTypeOf<RolloutApiError>();
      if (error.name === "RolloutOtpError") expectTypeOf(error.otpChallengeId).toBeString();
    };
    expectTypeOf(narrowed).toBeFunction();
  });
});
