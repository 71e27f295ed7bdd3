/** The error codes of the statuses that have one of their own. Written out again on purpose: a mistake in `src/` must fail a test. */
export const STATUS_CODES: Readonly<Record<number, string>> = {
  400: "bad_request",
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  422: "bad_request",
  429: "rate_limited",
};
