import { cachedToken, createRolloutClient } from "rollout-client";

// A page has no Client Secret: a route of your own server gives it a token.
async function fetchToken(): Promise<string> {
  const response = await fetch("/rollout-token");
  if (!response.ok) throw new Error(`/rollout-token responded with ${response.status}`);
  return (await response.json()).token;
}

const rollout = createRolloutClient({ token: cachedToken(fetchToken) });

async function connect(button: HTMLButtonElement, result: HTMLOutputElement): Promise<void> {
  button.disabled = true; // one create at a time
  try {
    const { id } = await rollout.credentials.create(
      { appKey: "gmail", userInputs: {} },
      { confirm: true, onOtp: ({ message }) => prompt(message) ?? undefined },
    );
    result.value = `Connected: ${id}`;
  } catch (error) {
    console.error(error);
    result.value = "Look at your accounts before you try again.";
  } finally {
    button.disabled = false;
  }
}

const button = document.querySelector<HTMLButtonElement>("#connect");
const result = document.querySelector<HTMLOutputElement>("#result");
if (button && result) button.addEventListener("click", () => connect(button, result));
