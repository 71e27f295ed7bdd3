import { isOtpChallenge, type OtpChallenge, type RolloutClient, RolloutOtpError } from "rollout-client";
import type { Outcome, Wanted } from "../store/connections.ts";
import type { UserInputs } from "./connectors.ts";
import { entitiesToSync } from "./entities.ts";
import { describeProblem, mayHaveSucceeded, UNCLEAR } from "./problem.ts";

/** Creates the credential from what the form asked for, or learns that a one-time password is wanted. */
export async function connectWithInputs(
  rollout: RolloutClient,
  wanted: Wanted,
  userInputs: UserInputs,
): Promise<Outcome> {
  const { appKey, plan, chosen } = wanted;
  const input = {
    appKey,
    userInputs,
    entitiesToSync: entitiesToSync(chosen),
    ...(plan !== undefined && { plan }),
  };
  try {
    // No signal: a double click cancels the first request of the browser, but its work must go on.
    const result = await rollout.credentials.create(input, { confirm: true });
    if (!isOtpChallenge(result)) return { kind: "connected", wanted, credentialId: result.id };
    return { kind: "code wanted", wanted, challenge: result, rejections: [] };
  } catch (error) {
    return failed(error, wanted);
  }
}

/** Submits the one-time password for the challenge that the server kept. */
export async function connectWithCode(
  rollout: RolloutClient,
  wanted: Wanted,
  challenge: OtpChallenge,
  code: string,
): Promise<Outcome> {
  try {
    const { id } = await rollout.credentials.submitOtp(challenge, code);
    return { kind: "connected", wanted, credentialId: id };
  } catch (error) {
    if (error instanceof RolloutOtpError && error.code === "otp_rejected") {
      return { kind: "code wanted", wanted, challenge, rejections: error.errors.map(({ message }) => message) };
    }
    return failed(error, wanted);
  }
}

/** Asks for the page on which the user signs in to the app. What the app asks for besides goes there as `customParams`. */
export async function startOAuth(rollout: RolloutClient, wanted: Wanted, customParams: UserInputs): Promise<Outcome> {
  const { appKey, chosen } = wanted;
  const input = {
    appKey,
    entitiesToSync: entitiesToSync(chosen),
    ...(Object.keys(customParams).length > 0 && { customParams }),
  };
  try {
    const { url, requestId } = await rollout.credentials.authorizeUrl(input);
    return { kind: "sign-in wanted", wanted, url, requestId };
  } catch (error) {
    // No account is connected by asking for a page.
    return { kind: "failed", wanted, problem: describeProblem(error, `${wanted.name} was not connected`) };
  }
}

/** Confirms what the pop-up reported. The report came through a browser, so it counts only if the user has that credential. */
export async function finishOAuth(rollout: RolloutClient, wanted: Wanted, credentialId: string): Promise<Outcome> {
  try {
    const credentials = await rollout.credentials.list({ appKey: wanted.appKey });
    const isConnected = credentials.some(({ id, appKey }) => id === credentialId && appKey === wanted.appKey);
    return isConnected ? { kind: "connected", wanted, credentialId } : { kind: "failed", problem: UNCLEAR };
  } catch (error) {
    return { kind: "failed", problem: { ...UNCLEAR, reasons: describeProblem(error, UNCLEAR.title).reasons } };
  }
}

/** Without `wanted` where the account may be connected: nobody should send the form again before they have looked. */
function failed(error: unknown, wanted: Wanted): Outcome {
  const problem = describeProblem(error, `${wanted.name} was not connected`);
  if (mayHaveSucceeded(error)) return { kind: "failed", problem: { ...UNCLEAR, reasons: problem.reasons } };
  return { kind: "failed", wanted, problem };
}
