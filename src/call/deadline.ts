/** The work did not finish in time. */
export class DeadlineExceeded extends Error {}

/**
 * Runs `work` until it settles, `signal` aborts (then it rejects with the signal's reason) or `milliseconds` have passed
 * (then with {@link DeadlineExceeded}), even if the work itself never settles. The work gets a signal that ends with it.
 * No timer and no listener is left behind.
 */
export function withDeadline<Result>(
  signal: AbortSignal | undefined,
  milliseconds: number | undefined,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  return new Promise<Result>((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const controller = new AbortController();
    const end = (reason: unknown): void => {
      release();
      reject(reason);
      controller.abort(reason);
    };
    const stopListening = onAbort(signal, end);
    const timer = milliseconds === undefined ? undefined : setTimeout(expire, milliseconds, milliseconds, end);
    const release = (): void => {
      clearTimeout(timer);
      stopListening();
    };
    work(controller.signal).then(
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

function expire(milliseconds: number, end: (reason: unknown) => void): void {
  end(new DeadlineExceeded(`no complete response within ${milliseconds} ms`));
}

/** Waits. Rejects with the reason of `signal` as soon as it aborts. */
export function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const timer = setTimeout(() => {
      stopListening();
      resolve();
    }, milliseconds);
    const stopListening = onAbort(signal, (reason) => {
      stopListening();
      clearTimeout(timer);
      reject(reason);
    });
  });
}

type Listener = (reason: unknown) => void;

// One listener per signal, however many calls it can abort. Measured on Node 20.20: with one listener per call, the eleventh
// call prints MaxListenersExceededWarning ("possible memory leak"), and a bulk job makes thousands of calls.
const watched = new WeakMap<AbortSignal, { readonly listeners: Set<Listener>; readonly handleAbort: () => void }>();

/** Calls `listener` with the reason when `signal` aborts. Returns the function that stops listening. */
export function onAbort(signal: AbortSignal | undefined, listener: Listener): () => void {
  if (signal === undefined) return () => {};
  const { listeners, handleAbort } = watched.get(signal) ?? watch(signal);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    watched.delete(signal);
    signal.removeEventListener("abort", handleAbort);
  };
}

function watch(signal: AbortSignal) {
  const listeners = new Set<Listener>();
  const handleAbort = (): void => {
    for (const listener of listeners) listener(signal.reason);
  };
  const entry = { listeners, handleAbort };
  watched.set(signal, entry);
  signal.addEventListener("abort", handleAbort);
  return entry;
}
