import type {
  AnyRolloutError,
  RolloutApiError,
  RolloutConfigError,
  RolloutError,
  RolloutErrorCode,
  RolloutNetworkError,
  RolloutOtpError,
  RolloutPopupError,
  RolloutResponseError,
  RolloutWebhookError,
} from "rollout-client";
import { describe, expectTypeOf, test } from "vitest";

describe("errors", () => {
  test("have these codes and no others", () => {
    expectTypeOf<RolloutErrorCode>().toEqualTypeOf<
      | "invalid_config"
      | "invalid_input"
      | "bad_request"
      | "unauthorized"
      | "forbidden"
      | "not_found"
      | "conflict"
      | "rate_limited"
      | "server_error"
      | "unexpected_status"
      | "network"
      | "timeout"
      | "invalid_response"
      | "redirected"
      | "otp_rejected"
      | "otp_cancelled"
      | "otp_failed"
      | "invalid_signature"
      | "invalid_payload"
      | "popup_blocked"
      | "popup_closed"
      | "authorization_failed"
    >();
    expectTypeOf<RolloutError["code"]>().toEqualTypeOf<RolloutErrorCode>();
    expectTypeOf<AnyRolloutError["code"]>().toEqualTypeOf<RolloutErrorCode>();
  });

  test("narrow by their code", () => {
    const narrowed = (error: AnyRolloutError): void => {
      if (error.code === "invalid_input") expectTypeOf(error).toEqualTypeOf<RolloutConfigError>();
      if (error.code === "rate_limited") expectTypeOf(error).toEqualTypeOf<RolloutApiError>();
      if (error.code === "timeout") expectTypeOf(error).toEqualTypeOf<RolloutNetworkError>();
      if (error.code === "redirected") expectTypeOf(error).toEqualTypeOf<RolloutResponseError>();
      if (error.code === "otp_cancelled") expectTypeOf(error).toEqualTypeOf<RolloutOtpError>();
      if (error.code === "invalid_signature") expectTypeOf(error).toEqualTypeOf<RolloutWebhookError>();
      if (error.code === "popup_closed") expectTypeOf(error).toEqualTypeOf<RolloutPopupError>();
    };
    expectTypeOf(narrowed).toBeFunction();
  });
});
