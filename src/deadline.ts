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

// One object and no closures: every call makes one, and what the runtime's timer holds on to is the collector's work.
class RunningDeadline implements Deadline {
  onEnd: (() => void) | undefined;
  #end: { readonly reason: unknown } | undefined;
  // Made when somebody asks for its signal: it costs as much as a good part of a request.
  #controller: AbortController | undefined;
  readonly #reject: (reason: unknown) => void;
  readonly #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #callerSignal: AbortSignal | undefined;
  readonly #onAbort: (() => void) | undefined;

  constructor(reject: (reason: unknown) => void, milliseconds: number | undefined, signal: AbortSignal | undefined) {
    this.#reject = reject;
    this.#timer = milliseconds === undefined ? undefined : setTimeout(expire, milliseconds, this, milliseconds);
    this.#callerSignal = signal;
    this.#onAbort = signal && (() => this.end(signal.reason));
    if (this.#onAbort) signal?.addEventListener("abort", this.#onAbort);
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#end !== undefined) this.#controller.abort(this.#end.reason);
    }
    return this.#controller.signal;
  }

  get ended(): boolean {
    return this.#end !== undefined;
  }

  end(reason: unknown): void {
    this.#end = { reason };
    this.release();
    this.#reject(reason);
    this.#controller?.abort(reason);
    this.onEnd?.();
  }

  /** Leaves no timer and no listener behind. */
  release(): void {
    clearTimeout(this.#timer);
    if (this.#onAbort) this.#callerSignal?.removeEventListener("abort", this.#onAbort);
  }
}

function expire(deadline: RunningDeadline, milliseconds: number): void {
  deadline.end(new DeadlineExceeded(`nothing came within ${milliseconds} ms`));
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
    const deadline = new RunningDeadline(reject, milliseconds, signal);
    work(deadline).then(
      (result) => {
        deadline.release();
        resolve(result);
      },
      (reason: unknown) => {
        deadline.release();
        reject(reason);
      },
    );
  });
}

/** Waits; rejects with the reason of `signal` as soon as that aborts. */
export function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return withDeadline(signal, undefined, async (deadline) => {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      deadline.onEnd = () => clearTimeout(timer);
    });
  });
}
