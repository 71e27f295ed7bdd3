import type { Exchange } from "./exchange.ts";

/** Where log lines go: `console`, or any logger with these two methods. */
export interface Logger {
  /** Is given the line of an attempt that brought a success. */
  debug(line: string): void;
  /** Is given the line of any other attempt, those that are repeated included. */
  warn(line: string): void;
}

/** What one attempt came to. */
export interface AttemptOutcome {
  /** An HTTP status, or the code of the error. */
  readonly result: number | string;
  /** When the attempt began, by `performance.now()`. */
  readonly began: number;
  /** Milliseconds until the next attempt; `undefined` when there is none. */
  readonly wait: number | undefined;
}

/** Writes the one line of an attempt: only what the OpenAPI document says and numbers, so that nothing secret can be in it. */
export function logAttempt(logger: Logger | undefined, exchange: Exchange, outcome: AttemptOutcome): void {
  if (logger === undefined) return;
  const { result, began, wait } = outcome;
  const duration = Math.round(performance.now() - began);
  const again = wait === undefined ? "" : `, again in ${wait} ms`;
  const line = `${exchange.method} ${exchange.path} ${result}, attempt ${exchange.attempts}, ${duration} ms${again}`;
  const succeeded = typeof result === "number" && result >= 200 && result < 300;
  try {
    const written: unknown = succeeded ? logger.debug(line) : logger.warn(line);
    // A logger that is asynchronous after all must not end the process with its rejection.
    if (written instanceof Promise) written.catch(() => {});
  } catch {
    // A call does not fail because its log line could not be written.
  }
}
