import { type ApiResult, detailsOf } from "./call/call.ts";
import { apiError, invalidResponseError } from "./call/call-errors.ts";
import { RolloutApiError, type RolloutResponseError } from "./errors/errors.ts";

/** The data in the success branch of a result. */
export type SuccessData<Result extends ApiResult> = Extract<Result, { data: unknown; error?: never }>["data"];

/**
 * Returns the data of a result of `api`, or throws its error: `const people = unwrap(await api.GET("/people"))`.
 *
 * @throws {@link RolloutApiError} when the status is not a success
 */
export function unwrap<Result extends ApiResult>(result: Result): SuccessData<Result> {
  const { data, error, response } = result;
  // Not `error`: an empty body makes it undefined, and a body of `null` makes it null.
  if (response.ok) return data;
  throw error instanceof RolloutApiError ? error : apiError(response, error, detailsOf(result));
}

/** Returns the data of a result, or throws its error, which names `problem` where the data is not what is expected. */
export function unwrapAs<Data>(result: ApiResult, isExpected: (data: unknown) => data is Data, problem: string): Data {
  const data: unknown = unwrap(result);
  if (isExpected(data)) return data;
  throw unusableError(result, problem);
}

/** Creates the error of a success whose data cannot be used. */
export function unusableError(result: ApiResult, problem: string): RolloutResponseError {
  return invalidResponseError(result.response, problem, detailsOf(result));
}
