/** A call that waits for its turn; its links make the queue. */
interface WaitingCall {
  readonly signal: AbortSignal | undefined;
  readonly start: () => void;
  readonly reject: (reason: unknown) => void;
  previous: WaitingCall | undefined;
  next: WaitingCall | undefined;
}

/** The calls that wait with one signal. */
interface SignalListener {
  readonly calls: Set<WaitingCall>;
  readonly onAbort: () => void;
}

/**
 * The calls that wait for a rate limiter: first in, first out. Adding, starting and leaving take the same time in any length.
 * A signal gets one listener for all its calls: Node warns of an eleventh, and looks through all of them to add one.
 */
export class WaitingCalls {
  readonly #onLeave: () => void;
  readonly #listeners = new Map<AbortSignal, SignalListener>();
  #first: WaitingCall | undefined;
  #last: WaitingCall | undefined;
  #size = 0;

  /** @param onLeave - called after calls have left the queue because their signal was aborted */
  constructor(onLeave: () => void) {
    this.#onLeave = onLeave;
  }

  get size(): number {
    return this.#size;
  }

  /** Adds a call at the end. Resolves at its turn, or rejects with the signal's reason as soon as it is aborted. */
  add(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((start, reject) => {
      const call: WaitingCall = { signal, start, reject, previous: this.#last, next: undefined };
      if (this.#last === undefined) this.#first = call;
      else this.#last.next = call;
      this.#last = call;
      this.#size += 1;
      if (signal !== undefined) this.#listen(signal).add(call);
    });
  }

  /** Lets the first call start. */
  startFirst(): void {
    const call = this.#first;
    if (call === undefined) return;
    this.#remove(call);
    call.start();
  }

  #listen(signal: AbortSignal): Set<WaitingCall> {
    const existing = this.#listeners.get(signal);
    if (existing !== undefined) return existing.calls;
    const calls = new Set<WaitingCall>();
    const onAbort = () => {
      for (const call of calls) {
        this.#remove(call);
        call.reject(signal.reason);
      }
      this.#onLeave();
    };
    this.#listeners.set(signal, { calls, onAbort });
    signal.addEventListener("abort", onAbort);
    return calls;
  }

  #remove(call: WaitingCall): void {
    const { previous, next, signal } = call;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    this.#size -= 1;
    if (signal !== undefined) this.#stopListening(signal, call);
  }

  #stopListening(signal: AbortSignal, call: WaitingCall): void {
    const listener = this.#listeners.get(signal);
    if (listener === undefined) return;
    listener.calls.delete(call);
    if (listener.calls.size > 0) return;
    signal.removeEventListener("abort", listener.onAbort);
    this.#listeners.delete(signal);
  }
}
