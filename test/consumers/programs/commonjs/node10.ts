// A program that TypeScript makes CommonJS of, as most of NestJS's are.
import { createRolloutClient, isOtpChallenge } from "rollout-client";

export async function create(): Promise<string> {
  const { credentials } = createRolloutClient({ token: "t" });
  const result = await credentials.create({ appKey: "gmail", userInputs: {} });
  return isOtpChallenge(result) ? result.message : result.id;
}
