import { RolloutConfigError } from "../errors/classes.ts";
import { networkError } from "../errors/from-failure.ts";
import { type CallReport, invalidResponseError, redirectError } from "../errors/from-response.ts";
import { redactCause } from "../errors/redact.ts";
import type { Attempt } from "./attempt.ts";
import type { DeliveredCall } from "./deliver.ts";
import { type OutgoingRequest, unsendableReason } from "./outgoing-request.ts";
import { errorInMemory, isRedirect, successAsText, successInMemory } from "./response-body.ts";

/** A response in memory, with the details for an error that is created from it later. */
export interface Delivery {
  readonly response: Response;
  readonly report: CallReport;
}

/** Turns the last attempt into what the call resolves to, or throws the error that it rejects with. */
export function conclude(
  request: OutgoingRequest,
  last: Attempt,
  call: Pick<DeliveredCall, "fetch" | "timeout" | "readsOnlyText">,
  report: CallReport,
): Delivery {
  const { redact, mayHaveSucceeded } = report;
  if (last.kind === "failure") {
    const { failure, thrown, response } = last;
    if (failure.kind === "lost" && response === undefined) {
      const reason = unsendableReason(request);
      if (reason !== undefined) {
        throw new RolloutConfigError("request", "cannot be sent", {
          cause: redactCause(reason, redact),
          // A `fetch` of the caller's may send what the platform's refuses.
          mayHaveSucceeded: mayHaveSucceeded || call.fetch !== undefined,
        });
      }
    }
    if (failure.kind === "unreadable" && response !== undefined) {
      throw invalidResponseError(response, "its body cannot be read", report, thrown);
    }
    throw networkError(failure, call.timeout, report, thrown);
  }
  const { response, bytes, bodyFailure } = last;
  if (isRedirect(response)) throw redirectError(response, request.url, report);
  if (response.ok) {
    const asText = call.readsOnlyText && bytes !== null ? successAsText(response, bytes) : undefined;
    return { response: asText ?? successInMemory(response, bytes), report };
  }
  return {
    response: errorInMemory(response, bytes, redact),
    report: {
      ...report,
      receivedAt: Date.now(),
      bodyFailure: bodyFailure === undefined ? undefined : redactCause(bodyFailure, redact),
    },
  };
}
