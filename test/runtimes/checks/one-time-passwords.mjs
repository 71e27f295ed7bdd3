// The conversation over a WebSocket.
import { equal, matches, propertiesOfFailure } from "./assert.mjs";

/** @typedef {import("../suite.mjs").Check} Check */

/**
 * @param {import("../suite.mjs").Context} context
 * @param {string} [baseUrl]
 */
function credentialsOf({ client, apiUrl, token, webSocket }, baseUrl = apiUrl) {
  return client.createRolloutClient({ token, baseUrl, webSocket }).credentials;
}

const input = { appKey: "lofty", userInputs: { apiKey: "made-up" } };

/** @type {Record<string, Check>} */
export const oneTimePasswords = {
  "the platform has a WebSocket, or has none, as documented"({ traits }) {
    equal(typeof WebSocket === "function", traits.hasWebSocket);
  },

  async "create, with onOtp, asks until the code is right"(context) {
    /** @type {unknown[]} */
    const asked = [];
    const credential = await credentialsOf(context).create(input, {
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
    const credentials = credentialsOf(context);
    const created = await credentials.create(input);
    if (!context.client.isOtpChallenge(created)) throw new Error("not a challenge");
    const { id } = await credentials.submitOtp(created.otpChallengeId, "123456");
    matches(id, /^cred_/);
  },

  async "where nothing listens, submitOtp fails with otp_failed"(context) {
    const call = credentialsOf(context, context.closedUrl).submitOtp("challenge", "123456");
    equal(await propertiesOfFailure(call, context.client.RolloutOtpError, "code"), ["otp_failed"]);
  },
};

/** @type {Record<string, Check>} */
export const withoutWebSocket = {
  async "where the platform has no WebSocket, the error names the option to pass"(context) {
    const call = credentialsOf({ ...context, webSocket: undefined }).submitOtp("challenge", "123456");
    equal(await propertiesOfFailure(call, context.client.RolloutConfigError, "option"), ["webSocket"]);
  },
};
