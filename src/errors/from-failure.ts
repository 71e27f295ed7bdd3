import { memberOf } from "../values/json.ts";
import { mayHaveActed, type TransportFailure } from "./attempt-failure.ts";
import { RolloutNetworkError } from "./classes.ts";
import { type CallReport, contextOf, messageOf } from "./from-response.ts";
import { isPage } from "./page.ts";
import { redactCause } from "./redact.ts";

const PROBLEMS: Readonly<Record<Exclude<TransportFailure["kind"], "timeout">, string>> = {
  unsent: "could not connect: nothing was sent",
  lost: "lost its connection before the response was complete",
  unreadable: "got something from `fetch` that is not a usable Response",
};

/** Creates the error for a call that got no complete response. */
export function networkError(
  failure: TransportFailure,
  timeout: number,
  call: CallReport,
  cause: unknown,
): RolloutNetworkError {
  const timedOut = failure.kind === "timeout";
  const missing = timedOut && !failure.sent ? "token" : "complete response";
  const redacted = redactCause(cause, call.redact);
  const code = memberOf(redacted.cause, "code") ?? memberOf(redacted, "code");
  const problem = timedOut ? `got no ${missing} within ${timeout} ms` : problemOf(failure);
  const context = contextOf(call, mayHaveActed(failure));
  const message = messageOf(context, `${problem}${typeof code === "string" ? ` (${code})` : ""}.${hintOf(redacted)}`);
  return new RolloutNetworkError(timedOut ? "timeout" : "network", message, context, redacted);
}

function problemOf(failure: Exclude<TransportFailure, { kind: "timeout" }>): string {
  if (failure.kind === "lost" && failure.byFetchOption) return "failed: the `fetch` option threw an error";
  return PROBLEMS[failure.kind];
}

// Browsers do not say whether the network failed, or the server does not allow the page to call it.
function hintOf({ name, cause }: Error): string {
  const hasNoReason = name === "TypeError" && cause === undefined;
  return hasNoReason && isPage() ? " CORS may be the cause: browsers do not say." : "";
}
