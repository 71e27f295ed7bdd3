/** Work took longer than it was given. */
export class DeadlineExceeded extends Error {}

/** What ends work early: the signal for those who listen, the hook for the one who must be stopped by hand. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Called once when the work is ended early. */
  onEnd: (() => void) | undefined;
  /** Has the work been ended early? Then nobody waits for it any more, and it must do no more. */
  readonly ended: boolean;
}

/**
 * Runs `work` until it settles, `signal` aborts (then it rejects with the signal's reason) or `milliseconds` have passed, if
 * given (then with {@link DeadlineExceeded}), even when the work itself never settles. No timer and no listener is left
 * behind.
 */
export function withDeadline<Result>(
  signal: AbortSignal | undefined,
  milliseconds: number | undefined,
  work: (deadline: Deadline) => Promise<Result>,
): Promise<Result> {
  return new Promise<Result>((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    // Made when somebody asks for its signal: it costs as much as a good part of a request.
    let controller: AbortController | undefined;
    let ended: { readonly reason: unknown } | undefined;
    const deadline: Deadline = {
      get signal() {
        if (controller === undefined) {
          controller = new AbortController();
          if (ended !== undefined) controller.abort(ended.reason);
        }
        return controller.signal;
      },
      onEnd: undefined,
      get ended() {
        return ended !== undefined;
      },
    };
    const release = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    const end = (reason: unknown): void => {
      ended = { reason };
      release();
      reject(reason);
      controller?.abort(reason);
      deadline.onEnd?.();
    };
    const onAbort = (): void => end(signal?.reason);
    const onTimeout = (): void => end(new DeadlineExceeded(`nothing came within ${milliseconds} ms`));
    const timer = milliseconds === undefined ? undefined : setTimeout(onTimeout, milliseconds);
    signal?.addEventListener("abort", onAbort);
    work(deadline).then(
      (result) => {
        release();
        resolve(result);
      },
      (reason: unknown) => {
        release();
        reject(reason);
      },
    );
  });
}

/** Waits; rejects with the reason of `signal` as soon as that aborts. */
export function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
