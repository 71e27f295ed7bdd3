import { type ApiResult, detailsOf } from "./call/call.ts";
import { apiError } from "./errors/call-errors.ts";
import { RolloutApiError } from "./errors/errors.ts";

/** The data in the success branch of a result. */
export type SuccessData<Result extends ApiResult> = Extract<Result, { data: unknown; error?: never }>["data"];

/**
 * Returns the data of a result of `api`, or throws its error.
 *
 * @throws {@link RolloutApiError} when the status is not a success
 * @example
 * ```ts
 * import { createRolloutClient, unwrap } from "rollout-client";
 *
 * const { api } = createRolloutClient({ token: "a token" });
 * const created = unwrap(await api.POST("/credentials", { body: { appKey: "gmail", userInputs: {} } }));
 * ```
 */
export function unwrap<Result extends ApiResult>(result: Result): SuccessData<Result> {
  const { data, error, response } = result;
  // Not `error`: an empty body makes it undefined, and a body of `null` makes it null.
  if (response.ok) return data;
  throw error instanceof RolloutApiError ? error : apiError(response, error, detailsOf(result));
}
