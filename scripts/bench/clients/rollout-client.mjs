import { createRolloutClient } from "rollout-client";

/** @type {import("./index.mjs").CreateCall} */
export function createCall({ baseUrl, token, fetch, timeout }) {
  const rollout = createRolloutClient({
    baseUrl,
    token,
    ...(fetch && { fetch }),
    ...(timeout !== undefined && { timeout }),
  });
  return (input) => rollout.credentials.create(input);
}
