import { type AnyRolloutError, isRolloutError } from "rollout-client";

/** An error as the person who connects an account needs to read it. */
export interface Problem {
  title: string;
  advice: string;
  /** The server's own reasons. */
  reasons: string[];
}

/** Nobody knows whether the account is connected. */
export const UNCLEAR: Problem = {
  title: "Check before you try again",
  advice:
    "There was no clear response, and the account may be connected. Look for it among your connected accounts first: trying again could connect it twice.",
  reasons: [],
};

/** Describes why an account was not connected. What is not an error of rollout-client is a bug of ours, and thrown on. */
export function describeConnectProblem(error: unknown): Problem {
  const { mayHaveSucceeded } = rolloutError(error);
  const problem = describeProblem(error, "The account was not connected");
  return mayHaveSucceeded ? { ...UNCLEAR, reasons: problem.reasons } : problem;
}

/** Describes why something else failed. */
export function describeProblem(error: unknown, title: string): Problem {
  const failure = rolloutError(error);
  // For the log of this application: errors of rollout-client contain no token, code or input.
  console.error(`${failure.name} (${failure.code}): ${failure.message}`);
  const reasons = "errors" in failure ? failure.errors.map(({ message }) => message) : [];
  return { title, advice: adviceFor(failure), reasons };
}

function rolloutError(error: unknown): AnyRolloutError {
  if (!isRolloutError(error)) throw error;
  return error;
}

function adviceFor(error: AnyRolloutError): string {
  switch (error.code) {
    case "bad_request":
    case "invalid_input":
      return "Check what you entered, then try again.";
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
    case "otp_cancelled":
    case "otp_failed":
      return "The account could not be opened with this code. Start again to get a new one.";
    case "popup_blocked":
    case "popup_closed":
    case "authorization_failed":
      return "The sign-in did not finish. Look at your connected accounts before you try again.";
    case "not_found":
      return "It is not there any more. Look at your connected accounts.";
    case "server_error":
    case "unexpected_status":
    case "invalid_response":
    case "redirected":
      return "Rollout could not do it right now. Try again later.";
    case "invalid_config":
    case "unauthorized":
    case "forbidden":
    case "invalid_signature":
    case "invalid_payload":
      return "This is not your fault: our application is not set up properly. Please tell us.";
  }
}
