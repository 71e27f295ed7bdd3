import { cachedToken, createRolloutClient, isRolloutError, openAuthorizePopup } from "rollout-client";

// A page has no Client Secret: a route of your own server gives it a token.
async function fetchToken(): Promise<string> {
  const response = await fetch("/rollout-token");
  if (!response.ok) throw new Error(`/rollout-token responded with ${response.status}`);
  return (await response.json()).token;
}

const rollout = createRolloutClient({ token: cachedToken(fetchToken) });

async function connect(button: HTMLButtonElement, result: HTMLOutputElement): Promise<void> {
  button.disabled = true; // one pop-up at a time
  try {
    const popup = openAuthorizePopup(); // before the first await, or the browser blocks it
    const { id } = await popup.connect(rollout.credentials.authorizeUrl({ appKey: "hubspot" }));
    result.value = `Connected: ${id}`;
  } catch (error) {
    console.error(error);
    result.value = explain(error);
  } finally {
    button.disabled = false;
  }
}

function explain(error: unknown): string {
  if (!isRolloutError(error)) return "Something went wrong. Please tell us.";
  switch (error.code) {
    case "popup_blocked":
      return "Your browser blocked the window. Allow pop-ups for this page, then try again.";
    case "popup_closed":
      return "The window was closed. Look at your accounts before you try again.";
    case "authorization_failed":
      return ["HubSpot was not connected.", ...error.errors.map(({ message }) => message)].join(" ");
    default:
      return "HubSpot cannot be connected right now. Try again later.";
  }
}

const button = document.querySelector<HTMLButtonElement>("#connect");
const result = document.querySelector<HTMLOutputElement>("#result");
if (button && result) button.addEventListener("click", () => connect(button, result));
