import { apiError } from "./failures.ts";

/** What a call of `api` resolves to. */
export interface ApiResult {
  /** What a success brought. */
  readonly data?: unknown;
  /** The body of any other answer. */
  readonly error?: unknown;
  /** The answer itself; its body can be read any number of times. */
  readonly response: Response;
}

/** The data in the success branch of a result. */
export type SuccessData<Result extends ApiResult> = Extract<Result, { data: unknown; error?: never }>["data"];

/**
 * Takes the data out of a result of `api`, or throws what went wrong.
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
  throw apiError(response, error === "" ? undefined : error);
}
