"use client";

import { useState } from "react";
import { createRolloutClient, RolloutError } from "rollout-client";

const rollout = createRolloutClient({
  token: async () => {
    const response = await fetch("/rollout-token");
    return (await response.json()).token;
  },
});

export function Connect() {
  const [result, setResult] = useState("");
  async function connect() {
    try {
      const credential = await rollout.credentials.create(
        { appKey: "follow-up-boss", userInputs: { apiKey: prompt("Your API key") ?? "" } },
        { onOtp: ({ message }) => prompt(message) ?? undefined },
      );
      setResult(`Connected: ${credential.id}`);
    } catch (error) {
      if (!(error instanceof RolloutError)) throw error;
      setResult(error.message);
    }
  }
  return (
    <button type="button" onClick={connect}>
      {result || "Connect"}
    </button>
  );
}
