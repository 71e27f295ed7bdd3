// The one-time password comes in a later request, maybe to another process.
import { createRolloutClient, isOtpChallenge, type RolloutClient } from "rollout-client";

export async function begin(rollout: RolloutClient): Promise<{ id: string } | { challenge: string; message: string }> {
  const created = await rollout.credentials.create({ appKey: "lofty", userInputs: { user: "u", scopes: ["a", "b"] } });
  if (isOtpChallenge(created)) return { challenge: created.otpChallengeId, message: created.message };
  return { id: created.id };
}

export async function finish(challenge: string, code: string, signal: AbortSignal): Promise<string> {
  const { credentials } = createRolloutClient({ token: "token" });
  return (await credentials.submitOtp(challenge, code, { signal, timeout: 60_000 })).id;
}

export async function finishFromSession(session: unknown, code: string): Promise<string> {
  const { credentials } = createRolloutClient({ token: "token" });
  if (!isOtpChallenge(session)) throw new Error("no challenge is open");
  const { otpChallengeId } = session;
  return (await credentials.submitOtp({ otpChallengeId }, code)).id;
}
