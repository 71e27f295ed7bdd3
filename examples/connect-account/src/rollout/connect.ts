import { isOtpChallenge, type OtpChallenge, type RolloutClient, RolloutOtpError } from "rollout-client";
import type { Outcome, Wanted } from "../store/connections.ts";
import { entitiesToSync } from "./entities.ts";
import { describeConnectProblem, describeProblem, UNCLEAR } from "./problem.ts";

/** Creates the credential from what the form asked for, or learns that a one-time password is wanted. */
export async function connectWithInputs(
  rollout: RolloutClient,
  wanted: Wanted,
  userInputs: Record<string, string>,
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
    if (!isOtpChallenge(result)) return { kind: "connected", credentialId: result.id };
    return { kind: "code wanted", wanted, challenge: result, rejections: [] };
  } catch (error) {
    return { kind: "failed", problem: describeConnectProblem(error) };
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
    return { kind: "connected", credentialId: id };
  } catch (error) {
    if (error instanceof RolloutOtpError && error.code === "otp_rejected") {
      return { kind: "code wanted", wanted, challenge, rejections: error.errors.map(({ message }) => message) };
    }
    return { kind: "failed", problem: describeConnectProblem(error) };
  }
}

/** Asks for the page on which the user signs in to the app. */
export async function startOAuth(rollout: RolloutClient, wanted: Wanted): Promise<Outcome> {
  const { appKey, chosen } = wanted;
  try {
    const { url, requestId } = await rollout.credentials.authorizeUrl({
      appKey,
      entitiesToSync: entitiesToSync(chosen),
    });
    return { kind: "sign-in wanted", wanted, url, requestId };
  } catch (error) {
    return { kind: "failed", problem: describeProblem(error, "The account was not connected") };
  }
}

/** Confirms what the pop-up reported. The report came through a browser, so it counts only if the user has that credential. */
export async function finishOAuth(rollout: RolloutClient, { appKey }: Wanted, credentialId: string): Promise<Outcome> {
  try {
    const credentials = await rollout.credentials.list({ appKey });
    const isConnected = credentials.some(
      (credential) => credential.id === credentialId && credential.appKey === appKey,
    );
    return isConnected ? { kind: "connected", credentialId } : { kind: "failed", problem: UNCLEAR };
  } catch (error) {
    return { kind: "failed", problem: { ...UNCLEAR, reasons: describeProblem(error, UNCLEAR.title).reasons } };
  }
}
