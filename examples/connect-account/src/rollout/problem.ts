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
    "There was no clear response, so the account may be connected. Look for it in your accounts first: trying again could connect it twice.",
  reasons: [],
};

/** What the person can put right: nothing is wrong with this application or with Rollout. */
const REFUSALS: readonly AnyRolloutError["code"][] = ["bad_request", "invalid_input", "conflict", "otp_rejected"];

/** Whether Rollout may have done what was asked. */
export function mayHaveSucceeded(error: unknown): boolean {
  return rolloutError(error).mayHaveSucceeded;
}

/** Describes why something failed. What is not an error of rollout-client is a bug of ours, and thrown on. */
export function describeProblem(error: unknown, title: string): Problem {
  const failure = rolloutError(error);
  // For the log of this application: errors of rollout-client contain no token, code or input.
  if (REFUSALS.includes(failure.code)) console.info(`${title}: ${failure.message}`);
  else console.error(`${title} (${failure.code}): ${failure.message}`);
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
      return "Correct what you entered, then try again.";
    case "conflict":
      return "Its data is still being prepared. Wait a minute, then try again.";
    case "rate_limited":
      return error.retryAfter === undefined
        ? "Too much is going on right now. Wait a little, then try again."
        : `Too much is going on right now. Try again in ${error.retryAfter} seconds.`;
    case "network":
    case "timeout":
      return "The service could not be reached. Try again in a moment.";
    case "otp_rejected":
    case "otp_cancelled":
    case "otp_failed":
      return "The code was not accepted. Enter your details again to get a new one.";
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
      return "The service is having problems. Try again later.";
    case "invalid_config":
    case "unauthorized":
    case "forbidden":
    case "invalid_signature":
    case "invalid_payload":
      return "This is not your fault: our application is not set up properly. Please tell us.";
  }
}
