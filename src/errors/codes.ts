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
export type RolloutErrorCode =
  | "invalid_config"
  | "invalid_input"
  | ApiErrorCode
  | "network"
  | "timeout"
  | "invalid_response"
  | "redirected"
  | "otp_rejected"
  | "otp_cancelled"
  | "otp_failed"
  | "invalid_signature"
  | "invalid_payload";
