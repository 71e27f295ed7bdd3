// In Cloudflare Workers, what a request has begun ends with the request, and its promise never settles. The promise of a request
// that goes on can be waited for, and so can a timer of one's own.
const MAX_SHARED_MILLISECONDS = 3_000;

/**
 * Creates a function that runs `work`, once for the calls that come while it runs. A call waits for the run of another one until
 * that is 3 s old, and then runs `work` itself.
 */
export function shareRuns<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let current: { readonly result: Promise<Result>; readonly began: number } | undefined;
  return async () => {
    while (current !== undefined) {
      const joined = current;
      if (await settlesWithin(joined.result, joined.began + MAX_SHARED_MILLISECONDS - Date.now())) return joined.result;
      if (current === joined) current = undefined;
    }
    const own = { result: work(), began: Date.now() };
    current = own;
    try {
      return await own.result;
    } finally {
      if (current === own) current = undefined;
    }
  };
}

/** Whether a promise settles in time. The timer belongs to the call that waits. */
function settlesWithin(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.min(milliseconds, MAX_SHARED_MILLISECONDS), false);
    const settle = (): void => {
      clearTimeout(timer);
      resolve(true);
    };
    promise.then(settle, settle);
  });
}
