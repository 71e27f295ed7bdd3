/** Why an attempt did not succeed. */
export type AttemptFailure = StatusFailure | TransportFailure;

/** The server responded with a status that is neither a success nor a redirect. */
export interface StatusFailure {
  readonly kind: "status";
  readonly status: number;
  /** The seconds that the server asks to wait. */
  readonly retryAfter: number | undefined;
}

/** No usable response arrived. */
export type TransportFailure =
  /** The connection was never made, so nothing was sent. */
  | { readonly kind: "unsent" }
  /**
   * The connection broke after the request may have been sent. With `byFetchOption`, the caller's own `fetch` threw something
   * that does not look like a network error.
   */
  | { readonly kind: "lost"; readonly byFetchOption?: boolean }
  /** No complete response arrived in time. Without `sent`, the time was up before the request was sent. */
  | { readonly kind: "timeout"; readonly sent: boolean }
  /** The body of a success cannot be read. */
  | { readonly kind: "unreadable" };

/** Whether the server may have acted on a request that failed like this. */
export function mayHaveActed(failure: AttemptFailure): boolean {
  switch (failure.kind) {
    case "unsent":
      return false;
    case "timeout":
      return failure.sent;
    case "lost":
    case "unreadable":
      return true;
    case "status":
      return failure.status < 400 || failure.status > 499;
  }
}
