import { createRolloutClient, createTokenSigner } from "rollout-client";

// As on a server: one signer for the process, one client for each user.
const signer = createTokenSigner({ clientId: "bench", clientSecret: "not a secret, only as long as one. ".repeat(2) });

/** @type {import("./index.mjs").CreateCall} */
export function createCall({ baseUrl, fetch, timeout }) {
  const rollout = createRolloutClient({
    baseUrl,
    token: signer.forUser("user_123"),
    ...(fetch && { fetch }),
    ...(timeout !== undefined && { timeout }),
  });
  return (input) => rollout.credentials.create(input);
}
