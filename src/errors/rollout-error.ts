import { memberOf } from "../values/json.ts";
import type { RolloutErrorCode } from "./codes.ts";
import { isErrorLike } from "./redact.ts";

/** One reason that the server gives for an error. Source: the `errors` array of the document's 400 and 500 responses. */
export interface ErrorDetail {
  /** The reason, in the server's words. */
  readonly message: string;
  /** The part of the request that the reason is about, such as `/email`, where the server names one. */
  readonly path?: string;
}

/** The base of every error that this package throws. */
export abstract class RolloutError extends Error {
  /** What happened. Stable across releases. */
  abstract readonly code: RolloutErrorCode;
  /** Whether the request may have taken effect despite the error. `false` for what was never sent. */
  abstract readonly mayHaveSucceeded: boolean;

  /** The name, the message, the fields and the cause, so that `JSON.stringify` and JSON loggers show them. */
  toJSON(): Record<string, unknown> {
    const fields = Object.entries(this).map(([name, value]) => [
      name,
      value instanceof Headers ? headersOf(value) : value,
    ]);
    return { name: this.name, message: this.message, ...Object.fromEntries(fields), ...causeOf(this) };
  }
}

function causeOf({ cause }: Error): { readonly cause?: unknown } {
  if (!isErrorLike(cause)) return cause === undefined ? {} : { cause };
  if (cause instanceof RolloutError) return { cause: cause.toJSON() };
  const code = memberOf(cause, "code");
  const shown = { name: cause.name, message: cause.message, ...(code === undefined ? {} : { code }) };
  return { cause: { ...shown, ...causeOf(cause) } };
}

// A cookie that the server sets may be the secret of a session.
function headersOf(headers: Headers): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => name !== "set-cookie"));
}

/** The options of an `Error` that has a cause, if there is one. */
export function withCause(cause: unknown): ErrorOptions | undefined {
  return cause === undefined ? undefined : { cause };
}
