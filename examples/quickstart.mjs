// The smallest program that uses every part of rollout-client. `npm run quickstart` runs it against a mock, or against the server that
// ROLLOUT_BASE_URL, ROLLOUT_CLIENT_ID and ROLLOUT_CLIENT_SECRET name.
import { createRolloutClient, createTokenSigner, isRolloutError } from "rollout-client";
import WebSocket from "ws";

const signer = createTokenSigner(); // takes ROLLOUT_CLIENT_ID and ROLLOUT_CLIENT_SECRET
const rollout = createRolloutClient({
  token: signer.forUser("user_123"),
  baseUrl: process.env.ROLLOUT_BASE_URL,
  webSocket: WebSocket, // Node 20 has none of its own
});

const listApps = async () =>
  (await rollout.connectors.list()).slice(0, 3).map(({ appKey, auth }) => `${appKey} (${auth.type})`);

const connect = () =>
  rollout.credentials.create({ appKey: "follow-up-boss", userInputs: { apiKey: "made-up" } }, { confirm: true });

const connectWithCode = () =>
  rollout.credentials.create({ appKey: "lofty", userInputs: { apiKey: "made-up" } }, { onOtp: askForCode });

const connectWrongly = () => rollout.credentials.create({ appKey: "skyslope", userInputs: {} });

const listAccounts = async () => (await rollout.credentials.list()).map(({ id, appKey }) => ({ id, appKey }));

const disconnect = () => rollout.credentials.delete(credentialId);

let credentialId = "";
for (const step of [listApps, connect, connectWithCode, connectWrongly, listAccounts, disconnect]) {
  console.log(step.toString().replace(/^(async )?\(\) =>\s*/, ""));
  try {
    const result = await step();
    if (step === connect) credentialId = result.id;
    console.log("  →", result ?? "done");
  } catch (error) {
    if (!isRolloutError(error)) throw error;
    console.log(`  → ${error.name} "${error.code}": ${error.message}`);
    if (step !== connectWrongly) process.exitCode = 1;
  }
}

/** @param {{ message: string }} challenge */
function askForCode({ message }) {
  console.log(`  "${message}" — 123456`);
  return "123456";
}
