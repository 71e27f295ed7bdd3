import { createRolloutClient } from "rollout-client";

// A page has no Client Secret: a route of your own server gives it a token.
async function token(): Promise<string> {
  const response = await fetch("/rollout-token");
  return (await response.json()).token;
}

export const rollout = createRolloutClient({ token });

const { id } = await rollout.credentials.create(
  { appKey: "gmail", userInputs: {} },
  { onOtp: ({ message }) => prompt(message) ?? undefined },
);
document.title = `Connected: ${id}`;
