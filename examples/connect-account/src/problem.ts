import { type AnyRolloutError, RolloutError } from "rollout-client";

/** An error as the person who connects an account needs to read it. */
export interface Problem {
  title: string;
  advice: string;
  /** The server's own reasons. */
  reasons: string[];
}

/** Turns what a call threw into a problem to show. What is no error of Rollout's is a bug of ours, and thrown on. */
export function describeProblem(error: unknown): Problem {
  if (!isRolloutError(error)) throw error;
  // For the log of this application: errors of rollout-client hold no token, code or input.
  console.error(`${error.name} (${error.code}): ${error.message}`);
  return {
    title: error.mayHaveSucceeded ? "Check before you try again" : "The account was not connected",
    advice: adviceFor(error),
    reasons: "errors" in error ? error.errors.map(({ message }) => message) : [],
  };
}

// `AnyRolloutError` has the classes one by one: the `switch` below is complete, and narrows.
function isRolloutError(error: unknown): error is AnyRolloutError {
  return error instanceof RolloutError;
}

function adviceFor(error: AnyRolloutError): string {
  if (error.mayHaveSucceeded) {
    return "There was no clear response, and the account may be connected. Look for it among your connected accounts first: trying again could connect it twice.";
  }
  switch (error.code) {
    case "bad_request":
      return "Check the name of the application and your inputs, then try again.";
    case "conflict":
      return "Its data is still being prepared. Wait a minute, then try again.";
    case "rate_limited":
      return error.retryAfter === undefined
        ? "Too much is going on right now. Wait a little, then try again."
        : `Too much is going on right now. Try again in ${error.retryAfter} seconds.`;
    case "network":
    case "timeout":
      return "Rollout could not be reached. Try again in a moment.";
    case "otp_rejected":
    case "otp_failed":
      return "The account could not be opened with this code. Start again to get a new one.";
    case "server_error":
    case "unexpected_status":
    case "invalid_response":
    case "redirected":
      return "Rollout could not do it right now. Try again later.";
    case "invalid_config":
    case "unauthorized":
    case "forbidden":
    case "not_found":
    case "invalid_signature":
    case "invalid_payload":
      return "This is not your fault: our application is not set up properly. Please tell us.";
  }
}
