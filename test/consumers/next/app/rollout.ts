import { createRateLimiter, createRolloutClient, createTokenSigner, type RolloutClient } from "rollout-client";

// Reads ROLLOUT_CLIENT_ID and ROLLOUT_CLIENT_SECRET for the first token: a build loads this file without them.
export const signer = createTokenSigner();
// One for all users: Rollout's limit is for their requests together.
const rateLimiter = createRateLimiter();

export function rolloutFor(userId: string): RolloutClient {
  const baseUrl = process.env.ROLLOUT_BASE_URL; // of a server for tests
  return createRolloutClient({ token: signer.forUser(userId), rateLimiter, baseUrl });
}
