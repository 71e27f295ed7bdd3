import type { AttemptFailure } from "../errors/attempt-failure.ts";
import type { CallSettings } from "./call-options.ts";
import { readOrUndefined } from "./guard.ts";
import type { OutgoingRequest } from "./outgoing-request.ts";
import { isRefusal, readyDelay, retryDelay } from "./retry.ts";
import type { Settings } from "./settings.ts";

/** Why another attempt follows, and after how many milliseconds. */
export interface Retry {
  readonly kind: "failure" | "refusal" | "refresh" | "not ready";
  readonly wait: number;
}

// The maximum number of refusals of one call, even if the rate limiter makes progress.
const MAX_REFUSALS = 20;

/**
 * Creates the function that decides, after each failure of one call, whether another attempt follows. It keeps count of the
 * call's retries and refusals, its one new token, and its time to wait for data.
 */
export function createRetries(
  { method, isStream }: OutgoingRequest,
  call: CallSettings,
  { tokenProvider, rateLimiter }: Settings,
): (failure: AttemptFailure) => Retry | undefined {
  // Set by the first 409: time in the rate limiter's queue does not count as waiting for data.
  let readyBy: number | undefined;
  let retries = 0;
  let refusals = 0;
  let conflicts = 0;
  let refreshed = false;
  let successes = readOrUndefined(() => rateLimiter?.successes);

  return (failure) => {
    if (isStream) return undefined;
    const status = failure.kind === "status" ? failure.status : undefined;
    if (status === 401) {
      if (refreshed || !tokenProvider.refreshable) return undefined;
      refreshed = true;
      return { kind: "refresh", wait: 0 };
    }
    if (status === 409 && call.waitUntilReady > 0) {
      readyBy ??= performance.now() + call.waitUntilReady;
      const wait = readyDelay(conflicts, readyBy - performance.now());
      conflicts += 1;
      return wait === undefined ? undefined : { kind: "not ready", wait };
    }
    const wait = retryDelay(method, failure, retries, call.retry);
    if (wait === undefined) return undefined;
    if (!isRefusal(failure)) {
      retries += 1;
      return { kind: "failure", wait };
    }
    refusals += 1;
    if (refusals > MAX_REFUSALS) return undefined;
    // A refusal counts as a retry, unless the rate limiter has seen successes since the last one.
    const before = successes;
    successes = readOrUndefined(() => rateLimiter?.successes);
    if (successes === before) retries += 1;
    return { kind: "refusal", wait };
  };
}
