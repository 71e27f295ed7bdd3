import { createRolloutClient, type Logger, RolloutOtpError } from "rollout-client";
import { afterEach, expect } from "vitest";
import { WebSocket } from "ws";
import { type OtpMockOptions, startOtpMock } from "../../support/otp-mock.mjs";

export const code = "code-7391";

export const challenge = {
  action: "OTP_REQUEST",
  otpChallengeId: "otp 1/ä",
  titleHTML: "<b>title-as-html</b>",
  message: "We sent a code.",
  messageHTML: "<b>message-as-html</b>",
};

export const input = { appKey: "lofty", userInputs: { apiKey: "key-8261" } };

export interface OtpOptions extends OtpMockOptions {
  timeout?: number;
  logger?: Logger;
}

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/**
 * A client and the mock it talks to. After the test every connection must be closed from both ends, and no listener left on
 * the client's: a test that leaves one waits for it until it fails.
 */
export async function startOtp({ timeout, logger, ...mockOptions }: OtpOptions = {}) {
  const mock = await startOtpMock(mockOptions);
  const sockets: WebSocket[] = [];
  class ObservedWebSocket extends WebSocket {
    constructor(url: string) {
      super(url);
      sockets.push(this);
    }
  }
  const rollout = createRolloutClient({
    token: "token-5524",
    baseUrl: `${mock.url}/api`,
    fetch: async () => Response.json(challenge),
    webSocket: ObservedWebSocket,
    timeout,
    logger,
  });
  ends.push(async () => {
    await Promise.all(sockets.map(closed));
    await mock.allClosed();
    await mock.stop();
    expect(sockets.flatMap((socket) => socket.eventNames())).toEqual([]);
  });
  return { mock, sockets, credentials: rollout.credentials };
}

// `once` of node:events would reject instead: closing a socket that is still connecting emits an error first.
export function closed(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState === WebSocket.CLOSED) resolve();
    else socket.once("close", () => resolve());
  });
}

/** The error that a call fails with. */
export async function otpErrorOf(call: Promise<unknown>): Promise<RolloutOtpError> {
  const outcome = await call.then(
    () => "it succeeded",
    (error: unknown) => error,
  );
  if (outcome instanceof RolloutOtpError) return outcome;
  throw new Error("not a RolloutOtpError", { cause: outcome });
}
