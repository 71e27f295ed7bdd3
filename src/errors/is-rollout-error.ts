import type { RolloutApiError, RolloutConfigError, RolloutNetworkError, RolloutResponseError } from "./classes.ts";
import type { RolloutOtpError } from "./otp-error.ts";
import type { RolloutWebhookError } from "./webhook-error.ts";

/** Every error of this package. Where a value has this type, a `switch` over `code` narrows to the class. */
export type AnyRolloutError =
  | RolloutConfigError
  | RolloutApiError
  | RolloutNetworkError
  | RolloutResponseError
  | RolloutOtpError
  | RolloutWebhookError;

/**
 * Type guard: whether `error` is an error of this package. It works across two copies of the package too.
 *
 * @example
 * ```ts
 * import { isRolloutError } from "rollout-client";
 *
 * export const retryLater = (error: unknown) => isRolloutError(error) && error.code === "rate_limited";
 * ```
 */
export function isRolloutError(error: unknown): error is AnyRolloutError {
  return error instanceof Error && NAMES.includes(error.name) && "code" in error;
}

const NAMES: readonly string[] = [
  "RolloutConfigError",
  "RolloutApiError",
  "RolloutNetworkError",
  "RolloutResponseError",
  "RolloutOtpError",
  "RolloutWebhookError",
] satisfies AnyRolloutError["name"][];
