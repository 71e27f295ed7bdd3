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

/** Attaches to a result what an error that is made of it later must say, where nobody who lists or copies it sees it. */
export function withReport(result: ApiResult, report: CallReport): ApiResult {
  return Object.defineProperty(result, REPORT, { value: report });
}

/** What is known of the call that brought a result: nothing for one that was copied or made elsewhere. */
export function reportOf(result: ApiResult & { readonly [REPORT]?: CallReport }): CallReport {
  return result[REPORT] ?? UNKNOWN_CALL;
}
