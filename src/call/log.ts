import { ignoreFailure } from "./guard.ts";

/** Where log lines go: `console`, or any logger with these two methods. */
export interface Logger {
  /** Receives the line of an attempt that succeeded. */
  debug(line: string): void;
  /** Receives the line of every other attempt, even if it is retried. */
  warn(line: string): void;
}

/** What a log line says about an attempt. */
export interface AttemptReport {
  readonly method: string;
  readonly path: string;
  readonly attempts: number;
  /** An HTTP status, or the code of the error. */
  readonly result: number | string;
  /** When the attempt began, by `performance.now()`. */
  readonly began: number;
  /** When the next attempt follows, such as "retry in 212 ms", or `undefined` if there is none. */
  readonly retry: string | undefined;
}

/** Logs an attempt. The line has only numbers and names from the OpenAPI document, so it cannot contain a secret. */
export function logAttempt(logger: Logger | undefined, report: AttemptReport): void {
  if (logger === undefined) return;
  const { method, path, attempts, result, began, retry } = report;
  const duration = Math.round(performance.now() - began);
  const line = `${method} ${path} ${result}, attempt ${attempts}, ${duration} ms${retry === undefined ? "" : `, ${retry}`}`;
  const succeeded = typeof result === "number" && result >= 200 && result < 300;
  writeLine(logger, succeeded ? "debug" : "warn", line);
}

/** Writes a line. A call does not fail because its log line could not be written. */
export function writeLine(logger: Logger, level: keyof Logger, line: string): void {
  ignoreFailure(() => logger[level](line));
}
