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
import { expectTypeOf, test } from "vitest";

test("an error has the codes of its class, and narrows to it by one", () => {
  expectTypeOf<RolloutError["code"]>().toEqualTypeOf<RolloutErrorCode>();
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
