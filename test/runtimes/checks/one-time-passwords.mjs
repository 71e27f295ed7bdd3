// The conversation over a WebSocket.
import { equal, matches, propertiesOfFailure } from "./assert.mjs";

/** @typedef {import("../suite.mjs").Check} Check */

/** @param {import("../suite.mjs").Context} context */
function clientOf({ client, apiUrl, token, webSocket }) {
  return client.createRolloutClient({ token, baseUrl: apiUrl, webSocket });
}

const input = { appKey: "lofty", userInputs: { apiKey: "made-up" } };

/**
 * @param {import("../suite.mjs").Context} context
 * @returns {Promise<string>} the id of a new challenge
 */
async function challengeIdOf(context) {
  const created = await clientOf(context).credentials.create(input);
  if (!context.client.isOtpChallenge(created)) throw new Error("not a challenge");
  return created.otpChallengeId;
}

/** @type {Record<string, Check>} */
export const oneTimePasswords = {
  "the platform has a WebSocket, or has none, as documented"({ traits }) {
    equal(typeof WebSocket === "function", traits.hasWebSocket);
  },

  async "create, with onOtp, asks until the code is right"(context) {
    /** @type {unknown[]} */
    const asked = [];
    const credential = await clientOf(context).credentials.create(input, {
      onOtp(challenge, { attempt, rejected }) {
        asked.push([challenge.action, attempt, rejected?.code]);
        return attempt === 1 ? "000000" : "123456";
      },
    });
    matches(credential.id, /^cred_/);
    equal(asked, [
      ["OTP_REQUEST", 1, undefined],
      ["OTP_REQUEST", 2, "otp_rejected"],
    ]);
  },

  async "create, without onOtp, gives the challenge, which submitOtp answers"(context) {
    const { id } = await clientOf(context).credentials.submitOtp(await challengeIdOf(context), "123456");
    matches(id, /^cred_/);
  },

  async "where nothing listens, submitOtp fails with otp_failed"({ client, closedUrl, webSocket }) {
    const { credentials } = client.createRolloutClient({ token: "made-up", baseUrl: closedUrl, webSocket });
    const call = credentials.submitOtp("challenge", "123456");
    equal(await propertiesOfFailure(call, client.RolloutOtpError, "code"), ["otp_failed"]);
  },
};

/** @type {Record<string, Check>} */
export const withoutWebSocket = {
  async "where the platform has no WebSocket, the error says what to pass"({ client, apiUrl }) {
    const { credentials } = client.createRolloutClient({ token: "made-up", baseUrl: apiUrl });
    const call = credentials.submitOtp("challenge", "123456");
    const [option, message] = await propertiesOfFailure(call, client.RolloutConfigError, "option", "message");
    equal(option, "webSocket");
    matches(String(message), /the package ws/);
  },
};
