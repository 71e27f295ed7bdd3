import { mayHaveActed, type TransportFailure } from "./attempt-failure.ts";
import { RolloutNetworkError } from "./classes.ts";
import { type CallReport, contextOf, messageOf } from "./from-response.ts";
import { redactCause } from "./redact.ts";

const PROBLEMS: Readonly<Record<Exclude<TransportFailure["kind"], "timeout">, string>> = {
  unsent: "could not connect: nothing was sent.",
  lost: "lost its connection before the response was complete.",
  unreadable: "got something from `fetch` that is not a usable Response.",
};

/** Makes the error for a call that brought no complete response. */
export function networkError(
  failure: TransportFailure,
  timeout: number,
  call: CallReport,
  cause: unknown,
): RolloutNetworkError {
  const timedOut = failure.kind === "timeout";
  const problem = timedOut ? `got no complete response within ${timeout} ms.` : PROBLEMS[failure.kind];
  const context = contextOf(call, mayHaveActed(failure));
  const message = messageOf(context, problem);
  return new RolloutNetworkError(timedOut ? "timeout" : "network", message, context, redactCause(cause, call.redact));
}
