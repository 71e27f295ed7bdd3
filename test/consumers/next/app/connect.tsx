"use client";

import { useState } from "react";
import { cachedToken, createRolloutClient, isRolloutError } from "rollout-client";

const rollout = createRolloutClient({ token: cachedToken(fetchToken) });

async function fetchToken(): Promise<string> {
  const response = await fetch("/rollout-token");
  if (!response.ok) throw new Error(`/rollout-token responded with ${response.status}`);
  return (await response.json()).token;
}

export function Connect() {
  const [isBusy, setBusy] = useState(false);
  const [result, setResult] = useState("");
  async function connect() {
    setBusy(true); // one create at a time
    try {
      const credential = await rollout.credentials.create(
        { appKey: "follow-up-boss", userInputs: { apiKey: prompt("Your API key") ?? "" } },
        { confirm: true, onOtp: ({ message }) => prompt(message) ?? undefined },
      );
      setResult(`Connected: ${credential.id}`);
    } catch (error) {
      console.error(error);
      setResult(explain(error));
    } finally {
      setBusy(false);
    }
  }
  return (
    <>
      <button type="button" disabled={isBusy} onClick={connect}>
        Connect
      </button>
      <p role="status">{result}</p>
    </>
  );
}

/** What the person needs to read: the server's reasons. The error's own message is for developers. */
function explain(error: unknown): string {
  if (!isRolloutError(error) || error.mayHaveSucceeded) return "Look at your accounts before you try again.";
  if (error.code !== "bad_request" && error.code !== "otp_rejected") return "Not connected. Try again later.";
  return error.errors.map(({ message }) => message).join(" ") || "Not connected. Check what you entered.";
}
