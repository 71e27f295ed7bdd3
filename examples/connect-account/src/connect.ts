import {
  type CreateCredentialInput,
  type Credential,
  type createRolloutClient,
  isOtpChallenge,
  type OtpChallenge,
  RolloutOtpError,
} from "rollout-client";
import type { Step } from "./connection.ts";
import { describeProblem } from "./problem.ts";

export type Rollout = ReturnType<typeof createRolloutClient>;

/** The first request of two: creates the credential, or learns that a code is wanted. */
export async function createCredential(rollout: Rollout, input: CreateCredentialInput): Promise<Step> {
  try {
    // Not tied to the browser's request: with a double click the first request is cut off, while its work must go on.
    const result = await rollout.credentials.create(input);
    return isOtpChallenge(result) ? { kind: "code wanted", challenge: result, rejections: [] } : connected(result);
  } catch (error) {
    return { kind: "failed", problem: describeProblem(error) };
  }
}

/** The second request: answers the challenge that the session kept. */
export async function submitCode(rollout: Rollout, challenge: OtpChallenge, code: string): Promise<Step> {
  try {
    return connected(await rollout.credentials.submitOtp(challenge, code));
  } catch (error) {
    if (error instanceof RolloutOtpError && error.code === "otp_rejected") {
      return { kind: "code wanted", challenge, rejections: error.errors.map(({ message }) => message) };
    }
    return { kind: "failed", problem: describeProblem(error) };
  }
}

function connected({ id }: Credential): Step {
  return { kind: "connected", credentialId: id };
}
