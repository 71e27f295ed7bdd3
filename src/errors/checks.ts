import { MAX_TIMER_MILLISECONDS } from "../values/timer.ts";
import { RolloutConfigError } from "./classes.ts";

/** Checks that `options` is an object that has only known keys: a misspelled one would be ignored silently. */
export function checkKeys(options: object, known: readonly string[], owner: string): void {
  if (typeof options !== "object" || options === null) {
    throw new RolloutConfigError(owner, "takes an object of options");
  }
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) {
      throw new RolloutConfigError(key, `is not an option of ${owner}, which has ${known.join(", ")}`);
    }
  }
}

/** Checks an optional function. */
export function checkFunction<Value>(option: string, value: Value | undefined): Value | undefined {
  if (value === undefined || typeof value === "function") return value;
  throw new RolloutConfigError(option, "must be a function");
}

/** Checks a string that must not be empty. */
export function checkText(option: string, value: unknown, hint = ""): string {
  if (typeof value === "string" && value !== "") return value;
  throw new RolloutConfigError(option, `must be a non-empty string${hint}`);
}

/** Checks a whole number. */
export function checkWholeNumber(option: string, value: unknown, minimum: number): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= minimum) return value;
  throw new RolloutConfigError(option, `must be a whole number, at least ${minimum}`);
}

/** Checks a number of milliseconds that a timer can have. */
export function checkMilliseconds(option: string, value: unknown, minimum: number): number {
  if (typeof value === "number" && value >= minimum && value <= MAX_TIMER_MILLISECONDS) return value;
  throw new RolloutConfigError(option, `must be a number of milliseconds from ${minimum} to ${MAX_TIMER_MILLISECONDS}`);
}

/** Checks an optional signal, by what it does: test environments for pages, such as jsdom, have their own `AbortSignal`. */
export function checkSignal(value: unknown): AbortSignal | undefined {
  if (value === undefined || value === null) return undefined;
  if (isAbortSignal(value)) return value;
  throw new RolloutConfigError("signal", "must be an AbortSignal");
}

function isAbortSignal(value: unknown): value is AbortSignal {
  const listener = (): void => {};
  try {
    const signal: AbortSignal = Object(value);
    signal.addEventListener("abort", listener);
    signal.removeEventListener("abort", listener);
    // One that throws would do so in the listener of an abort.
    void signal.reason;
    return typeof signal.aborted === "boolean";
  } catch {
    return false;
  }
}

/** Checks an optional logger. */
export function checkLogger<Value extends { debug: unknown; warn: unknown }>(
  logger: Value | undefined,
): Value | undefined {
  if (logger === undefined) return undefined;
  if (typeof logger?.debug === "function" && typeof logger.warn === "function") return logger;
  throw new RolloutConfigError("logger", "must have the methods debug and warn, as console has");
}
