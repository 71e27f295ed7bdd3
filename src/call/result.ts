import type { CallReport } from "../errors/from-response.ts";

/** What a call of `api` resolves to. */
export interface ApiResult {
  /** The body of a success. */
  readonly data?: unknown;
  /** The body of any other response. */
  readonly error?: unknown;
  /** The response. Its body has been read. */
  readonly response: Response;
}

const REPORT: unique symbol = Symbol("report");

const UNKNOWN_CALL: CallReport = {
  method: "(unknown method)",
  path: "(unknown path)",
  attempts: 1,
  mayHaveSucceeded: false,
  redact: (text) => text,
};

/** Attaches the details for an error that is created from a result later. They are not enumerable, so copies lack them. */
export function withReport(result: ApiResult, report: CallReport): ApiResult {
  return Object.defineProperty(result, REPORT, { value: report });
}

/** The details of the call that returned a result. Unknown for a result that was copied or created elsewhere. */
export function reportOf(result: ApiResult & { readonly [REPORT]?: CallReport }): CallReport {
  return result[REPORT] ?? UNKNOWN_CALL;
}
