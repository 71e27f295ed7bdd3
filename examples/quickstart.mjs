// The smallest program that uses every part of rollout-client. `npm run quickstart` runs it against a mock, or against the server that
// ROLLOUT_BASE_URL, ROLLOUT_CLIENT_ID and ROLLOUT_CLIENT_SECRET name.
import { createRolloutClient, createTokenSigner, RolloutError } from "rollout-client";
import WebSocket from "ws";

/** @type {ReturnType<typeof createRolloutClient>} */
let rollout;

const start = () => {
  const signer = createTokenSigner(); // takes ROLLOUT_CLIENT_ID and ROLLOUT_CLIENT_SECRET
  rollout = createRolloutClient({
    token: signer.forUser("user_123"),
    baseUrl: process.env.ROLLOUT_BASE_URL,
    webSocket: WebSocket, // Node 20 has none of its own
  });
  return signer.sign("user_123").then((token) => `a token: ${token.slice(0, 20)}…`);
};

const connect = () => rollout.credentials.create({ appKey: "follow-up-boss", userInputs: { apiKey: "made-up" } });

const connectWithCode = () =>
  rollout.credentials.create({ appKey: "lofty", userInputs: { password: "made-up" } }, { onOtp: askForCode });

const connectWrongly = () => rollout.credentials.create({ appKey: "skyslope", userInputs: {} });

for (const step of [start, connect, connectWithCode, connectWrongly]) {
  console.log(step.toString().replace(/^\(\) =>\s*/, ""));
  try {
    console.log("  →", await step());
  } catch (error) {
    if (!(error instanceof RolloutError)) throw error;
    console.log(`  → ${error.name} "${error.code}": ${error.message}`);
    if (step === start || step === connect) process.exitCode = 1;
    if (step === start) break;
  }
}

/** @param {{ message: string }} challenge */
function askForCode({ message }) {
  console.log(`  "${message}" — 123456`);
  return "123456";
}
