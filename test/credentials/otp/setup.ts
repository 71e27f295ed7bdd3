import { createRolloutClient, type RolloutClientOptions } from "rollout-client";
import { type SocketScript, scriptSockets } from "./scripted-socket.ts";

export const code = "code-7391";

export const challenge = {
  action: "OTP_REQUEST",
  otpChallengeId: "otp 1/ä",
  titleHTML: "<b>title-as-html</b>",
  message: "We sent a code.",
  messageHTML: "<b>message-as-html</b>",
};

export const input = { appKey: "lofty", userInputs: { apiKey: "key-8261" } };

const errorsOf = (messages: readonly string[]) => messages.map((message) => ({ message }));

export const accepted = { event: "OTP_RESULT", ok: true };
export const rejected = (...messages: string[]) => ({ event: "OTP_RESULT", ok: false, errors: errorsOf(messages) });
export const created = { event: "CREDENTIAL", ok: true, credential: { id: "cred_1" } };
export const refused = (...messages: string[]) => ({ event: "CREDENTIAL", ok: false, errors: errorsOf(messages) });

/** A client whose every create brings the challenge, and whose sockets follow the script. */
export function startOtp(script: SocketScript = {}, options: Partial<RolloutClientOptions> = {}) {
  const { webSocket, sockets } = scriptSockets(script);
  const fetch = async () => Response.json(challenge);
  const { credentials } = createRolloutClient({ token: "token-5524", fetch, webSocket, ...options });
  return { credentials, sockets };
}
