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

// One object rather than a closure for each member: every call makes one, and what the runtime's timer holds on to is the collector's work.
class RunningDeadline implements Deadline {
  onEnd: (() => void) | undefined;
  #end: { readonly reason: unknown } | undefined;
  // Made when somebody asks for its signal: it costs as much as a good part of a request.
  #controller: AbortController | undefined;
  readonly #reject: (reason: unknown) => void;
  readonly #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #callerSignal: AbortSignal | undefined;

  constructor(reject: (reason: unknown) => void, milliseconds: number | undefined, signal: AbortSignal | undefined) {
    this.#reject = reject;
    this.#timer = milliseconds === undefined ? undefined : setTimeout(expire, milliseconds, this, milliseconds);
    this.#callerSignal = signal;
    if (signal !== undefined) watch(signal, this);
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
    if (this.#callerSignal !== undefined) unwatch(this.#callerSignal, this);
  }
}

function expire(deadline: RunningDeadline, milliseconds: number): void {
  deadline.end(new DeadlineExceeded(`nothing came within ${milliseconds} ms`));
}

interface Watched {
  readonly deadlines: Set<RunningDeadline>;
  readonly onAbort: () => void;
}

// One listener for a signal, however many calls it ends: Node 20 warns of a leak when there are more than ten.
const watchedSignals = new WeakMap<AbortSignal, Watched>();

function watch(signal: AbortSignal, deadline: RunningDeadline): void {
  const watched = watchedSignals.get(signal);
  if (watched !== undefined) {
    watched.deadlines.add(deadline);
    return;
  }
  const deadlines = new Set([deadline]);
  const onAbort = (): void => {
    for (const each of deadlines) each.end(signal.reason);
  };
  watchedSignals.set(signal, { deadlines, onAbort });
  signal.addEventListener("abort", onAbort);
}

function unwatch(signal: AbortSignal, deadline: RunningDeadline): void {
  const watched = watchedSignals.get(signal);
  if (watched === undefined) return;
  watched.deadlines.delete(deadline);
  if (watched.deadlines.size > 0) return;
  watchedSignals.delete(signal);
  signal.removeEventListener("abort", watched.onAbort);
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
