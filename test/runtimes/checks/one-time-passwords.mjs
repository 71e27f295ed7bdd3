// The conversation over a WebSocket.
import { equal, matches, propertiesOfFailure } from "./assert.mjs";
import { input } from "./creating.mjs";

/** @typedef {import("../suite.mjs").Check} Check */

/** @param {import("../suite.mjs").Context} context */
function clientOf({ client, apiUrl, webSocket }) {
  return client.createRolloutClient({ token: "made-up", baseUrl: apiUrl, webSocket });
}

const wantsCode = { headers: { Prefer: "example=otpChallenge" } };

/** @type {Record<string, Check>} */
export const oneTimePasswords = {
  "the platform has a WebSocket, or has none, as documented"({ traits }) {
    equal(typeof WebSocket === "function", traits.hasWebSocket);
  },

  async "create, with onOtp, asks until the code is right"(context) {
    /** @type {unknown[]} */
    const asked = [];
    const credential = await clientOf(context).credentials.create(input, {
      ...wantsCode,
      onOtp(challenge, { attempt, rejected }) {
        asked.push([challenge.action, attempt, rejected?.code]);
        return attempt === 1 ? "000000" : "123456";
      },
    });
    equal(credential, { id: "credential_after_otp" });
    equal(asked, [
      ["OTP_REQUEST", 1, undefined],
      ["OTP_REQUEST", 2, "otp_rejected"],
    ]);
  },

  async "create, without onOtp, gives the challenge, which submitOtp answers"(context) {
    const { credentials } = clientOf(context);
    const answer = await credentials.create(input, wantsCode);
    if (!context.client.isOtpChallenge(answer)) throw new Error("not a challenge");
    equal(await credentials.submitOtp(answer.otpChallengeId, "123456"), { id: "credential_after_otp" });
  },

  async "submitOtp tells a code that was refused"(context) {
    const call = clientOf(context).credentials.submitOtp("challenge", "000000");
    const found = await propertiesOfFailure(call, context.client.RolloutOtpError, "code", "otpChallengeId");
    equal(found, ["otp_rejected", "challenge"]);
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
