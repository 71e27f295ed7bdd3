import { getEventListeners } from "node:events";
import { setImmediate as afterPromises } from "node:timers/promises";
import { RolloutOtpError } from "rollout-client";
import { afterEach, expect, test, vi } from "vitest";
import { packageVersion } from "../../../src/generated/document.ts";
import { rejection } from "../../support/rejection.ts";
import type { SocketScript } from "./scripted-socket.ts";
import { accepted, challenge, code, created, refused, rejected, startOtp } from "./setup.ts";

afterEach(() => {
  vi.useRealTimers();
});

test.each([challenge, challenge.otpChallengeId])("the right code for %j becomes the credential", async (which) => {
  const { sockets, credentials } = startOtp({ replies: [[accepted, created]] });
  const { signal } = new AbortController();
  expect(await credentials.submitOtp(which, code, { signal })).toEqual({ id: "cred_1" });
  expect(getEventListeners(signal, "abort")).toHaveLength(0);
  const [socket] = sockets;
  expect(socket).toMatchObject({ frames: [`{"event":"ENTER_OTP","otp":"${code}"}`], closeCodes: [1000] });
  expect(socket?.url).toBe(
    `wss://universal.rollout.com/api/auth/otp/otp%201%2F%C3%A4?rolloutUserAgent=rollout-client@${packageVersion}`,
  );
  expect(socket?.eventNames()).toEqual([]);
});

test.each<[string, SocketScript]>([
  [
    "events of other names",
    { opening: [{ event: "HELLO" }], replies: [[{ event: "PROGRESS", ok: false }, accepted, created]] },
  ],
  [
    "fields that are not known",
    {
      replies: [
        [
          { ...accepted, since: 1 },
          { ...created, more: [] },
        ],
      ],
    },
  ],
  ["that the server leaves after the credential", { replies: [[accepted, created, 1011]] }],
])("the conversation ignores %s", async (_case, script) => {
  expect(await startOtp(script).credentials.submitOtp(challenge, code)).toEqual({ id: "cred_1" });
});

test("a rejected code is otp_rejected, with the server's reasons", async () => {
  const { credentials } = startOtp({ replies: [[rejected("This code is wrong.")]] });
  const error = await rejection(credentials.submitOtp(challenge, code), RolloutOtpError);
  const { otpChallengeId } = challenge;
  const errors = [{ message: "This code is wrong." }];
  expect(error).toMatchObject({ code: "otp_rejected", otpChallengeId, errors, mayHaveSucceeded: false });
  expect(error.message).toContain("This code is wrong.");
});

test.each([undefined, null, "wrong", [{}, null, 7]])(
  "a rejection with the errors %j is otp_rejected",
  async (errors) => {
    const { credentials } = startOtp({ replies: [[{ event: "OTP_RESULT", ok: false, errors }]] });
    const error = await rejection(credentials.submitOtp(challenge, code), RolloutOtpError);
    expect(error).toMatchObject({ code: "otp_rejected", errors: [] });
  },
);

test("a credential that cannot be created is otp_failed, with the server's reasons", async () => {
  const { credentials } = startOtp({ replies: [[accepted, refused("Login failed.", "The account is locked.")]] });
  const error = await rejection(credentials.submitOtp(challenge, code), RolloutOtpError);
  const errors = [{ message: "Login failed." }, { message: "The account is locked." }];
  expect(error).toMatchObject({ code: "otp_failed", otpChallengeId: challenge.otpChallengeId, errors });
  expect(error.mayHaveSucceeded).toBe(false);
  expect(error.message).not.toContain("check before you create another");
});

/** How far a conversation comes, and whether the credential may exist then. */
const MOMENTS: readonly [string, SocketScript, boolean][] = [
  ["while it connects", { opening: "hang" }, false],
  ["before a result", {}, true],
  ["after it accepted the code", { replies: [[accepted]] }, true],
];

test.each<[string, SocketScript, string]>([
  ["closes without a result", { replies: [[1000]] }, "connection was closed (code 1000)"],
  ["closes after it accepted the code", { replies: [[accepted, 1011]] }, "connection was closed (code 1011)"],
  ["rejects a code that it had accepted", { replies: [[accepted, rejected("No.")]] }, "that it had accepted"],
])("a server that %s is otp_failed, and the credential may exist", async (_moment, script, problem) => {
  const { credentials, sockets } = startOtp(script);
  const error = await rejection(credentials.submitOtp(challenge, code), RolloutOtpError);
  expect(error).toMatchObject({ code: "otp_failed", errors: [], mayHaveSucceeded: true });
  expect(error.message).toContain(problem);
  expect(error.message).toContain("check before you create another");
  expect(sockets[0]?.eventNames()).toEqual([]);
});

test.each(MOMENTS)("silence for longer than `timeout` %s is otp_failed", async (_moment, script, mayHaveSucceeded) => {
  vi.useFakeTimers();
  const { credentials } = startOtp(script, { timeout: 60_000 });
  const submitted = rejection(credentials.submitOtp(challenge, code, { timeout: 50 }), RolloutOtpError);
  await vi.advanceTimersByTimeAsync(50);
  const error = await submitted;
  expect(error).toMatchObject({ code: "otp_failed", errors: [], mayHaveSucceeded });
  expect(error.message).toContain("no complete response within 50 ms");
});

test("`timeout` starts again with each frame of the protocol, not with other events", async () => {
  vi.useFakeTimers();
  const { credentials, sockets } = startOtp({}, { timeout: 60_000 });
  const ended = vi.fn();
  credentials.submitOtp(challenge, code).catch(ended);
  for (const event of [{ event: "PROGRESS" }, accepted, { event: "PROGRESS" }]) {
    await vi.advanceTimersByTimeAsync(30_000 - 1);
    sockets[0]?.receive([event]);
  }
  await vi.advanceTimersByTimeAsync(30_000);
  expect(ended).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(ended).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: "otp_failed" }));
  expect(vi.getTimerCount()).toBe(0);
});

test.each(MOMENTS)("an abort %s rejects with the caller's reason", async (_moment, script) => {
  const controller = new AbortController();
  const { credentials, sockets } = startOtp(script);
  const submitted = credentials.submitOtp(challenge, code, { signal: controller.signal });
  await afterPromises();
  controller.abort("changed my mind");
  await expect(submitted).rejects.toBe("changed my mind");
  expect(sockets).toMatchObject([{ closeCodes: [1000], terminations: 1 }]);
  expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  await afterPromises();
  expect(sockets[0]?.eventNames()).toEqual([]);
});

test("a server that closes before the code is sent is otp_failed, and the credential does not exist", async () => {
  const { credentials, sockets } = startOtp({ opening: [1000] });
  const error = await rejection(credentials.submitOtp(challenge, code), RolloutOtpError);
  expect(error).toMatchObject({ code: "otp_failed", errors: [], mayHaveSucceeded: false });
  expect(error.message).toContain("connection was closed (code 1000)");
  expect(sockets.map(({ frames }) => frames)).toEqual([[]]);
});

test("a signal that is aborted already rejects with its reason, and no connection is made", async () => {
  const { credentials, sockets } = startOtp();
  const reason = new Error("the caller's own reason");
  const submitted = credentials.submitOtp(challenge, code, { signal: AbortSignal.abort(reason) });
  await expect(submitted).rejects.toBe(reason);
  expect(sockets).toEqual([]);
});

test.each<string | Uint8Array>([
  "",
  "OK",
  "null",
  '[{"event":"OTP_RESULT","ok":true}]',
  '{"ok":true}',
  '{"event":1,"ok":true}',
  '{"event":"OTP_RESULT"}',
  '{"event":"OTP_RESULT","ok":"true"}',
  '{"event":"CREDENTIAL","credential":{"id":"c"}}',
  '{"event":"CREDENTIAL","ok":true,"credential":null}',
  '{"event":"CREDENTIAL","ok":true,"credential":{"id":7}}',
  // As the package ws gives a binary frame.
  Buffer.from('{"event":"OTP_RESULT","ok":true}'),
])("the frame %j from the server is otp_failed, also after an accepted code", async (frame) => {
  for (const reply of [[frame], [accepted, frame]]) {
    const { credentials } = startOtp({ replies: [reply] });
    const error = await rejection(credentials.submitOtp(challenge, code), RolloutOtpError);
    expect(error).toMatchObject({ code: "otp_failed", errors: [], mayHaveSucceeded: true });
    expect(error.message).toContain("not part of the protocol");
  }
});

test.each([
  [999, 0],
  [1_000, 1],
])(
  "%i ms after it closes a connection that the server keeps open, it has cut it %i times",
  async (wait, terminations) => {
    vi.useFakeTimers();
    const { credentials, sockets } = startOtp({ replies: [[accepted, created]], ignoresClose: true });
    await credentials.submitOtp(challenge, code);
    vi.advanceTimersByTime(wait);
    expect(sockets).toMatchObject([{ closeCodes: [1000], terminations }]);
    sockets[0]?.receive([1000]);
    expect(vi.getTimerCount()).toBe(0);
  },
);
