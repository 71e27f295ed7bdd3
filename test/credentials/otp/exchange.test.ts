import { getEventListeners } from "node:events";
import { setImmediate as afterPromises } from "node:timers/promises";
import { RolloutOtpError, type SubmitOtpOptions } from "rollout-client";
import { afterEach, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { packageVersion } from "../../../src/generated/document.ts";
import { rejection } from "../../support/rejection.ts";
import { closedPort } from "../../support/servers.ts";
import {
  accepted,
  challenge,
  code,
  created,
  type OtpScript,
  refused,
  rejected,
  startOtp,
  useFakeTimers,
} from "./otp-server.ts";

afterEach(() => {
  vi.useRealTimers();
});

const { otpChallengeId } = challenge;
const progress = { event: "PROGRESS", ok: false };

test.each([challenge, { otpChallengeId }, otpChallengeId])(
  "submitOtp(%j, code) resolves to the credential; the token is not sent",
  async (which) => {
    const { credentials, frames, urls, closeCodes, headers, waitFor } = await startOtp({
      replies: [[accepted, created]],
    });
    const { signal } = new AbortController();
    expect(await credentials.submitOtp(which, code, { signal, retry: false })).toEqual({ id: "cred_1" });
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
    expect(frames).toEqual([`{"event":"ENTER_OTP","otp":"${code}"}`]);
    expect(urls).toEqual([`/api/auth/otp/otp%201%2F%C3%A4?rolloutUserAgent=rollout-client@${packageVersion}`]);
    expect(JSON.stringify(headers())).not.toMatch(/authorization|token-5524/i);
    await waitFor(() => closeCodes.length === 1);
    expect(closeCodes).toEqual([1000]);
  },
);

test.each<[string, OtpScript]>([
  [
    "events of other names, and unknown fields",
    { opening: [progress], replies: [[progress, { ...created, since: 1 }]] },
  ],
  ["an acceptance that is repeated", { replies: [[accepted, accepted, accepted, created]] }],
  ["a result before the code", { opening: [rejected("No."), accepted], replies: [[accepted, created]] }],
  ["that the server leaves after the credential", { replies: [[accepted, created, 1011]] }],
])("submitOtp ignores %s", async (_case, script) => {
  const { credentials } = await startOtp(script);
  expect(await credentials.submitOtp(challenge, code)).toEqual({ id: "cred_1" });
});

const reasons = [{ message: "Wrong." }, { message: "Old.", path: "otp" }];

test.each<[string, object, unknown, readonly object[]]>([
  ["otp_rejected", rejected(), reasons, reasons],
  ["otp_rejected", rejected(), undefined, []],
  ["otp_rejected", rejected(), [{}, null, 7], []],
  ["otp_rejected", rejected(), "wrong", []],
  ["otp_failed", refused(), reasons, reasons],
])("%s has the reasons of the server: %j with %j", async (expected, event, errors, shown) => {
  const { credentials } = await startOtp({ replies: [[{ ...event, errors }]] });
  const failure = { code: expected, otpChallengeId, errors: shown, mayHaveSucceeded: false };
  await expect(credentials.submitOtp(challenge, code)).rejects.toMatchObject(failure);
});

test.each<[string, OtpScript, boolean]>([
  ["closes before the code is sent", { opening: [1000] }, false],
  ["closes without a result", { replies: [[1000]] }, true],
  ["closes after it accepted the code", { replies: [[accepted, 1011]] }, true],
  ["rejects a code that it had accepted", { replies: [[accepted, rejected("No.")]] }, true],
])("a server that %s is otp_failed", async (_case, script, mayHaveSucceeded) => {
  const { credentials } = await startOtp(script);
  const error = await rejection(credentials.submitOtp(challenge, code), RolloutOtpError);
  expect(error).toMatchObject({ code: "otp_failed", errors: [], mayHaveSucceeded });
});

test.each<string | Buffer>([
  "OK",
  "null",
  '[{"event":"OTP_RESULT","ok":true}]',
  '{"ok":true}',
  '{"event":1,"ok":true}',
  '{"event":"OTP_RESULT"}',
  '{"event":"OTP_RESULT","ok":"true"}',
  '{"event":"CREDENTIAL","credential":{"id":"c"}}',
  '{"event":"CREDENTIAL","ok":true,"credential":null}',
  '{"event":"CREDENTIAL","ok":true,"credential":{"id":""}}',
  Buffer.from('{"event":"OTP_RESULT","ok":true}'),
])("the frame %j is otp_failed, before and after the code is accepted", async (frame) => {
  for (const reply of [[frame], [accepted, frame]]) {
    const { credentials } = await startOtp({ replies: [reply] });
    const failure = { code: "otp_failed", errors: [], mayHaveSucceeded: true };
    await expect(credentials.submitOtp(challenge, code)).rejects.toMatchObject(failure);
  }
});

test.each([
  [65_536, "otp_rejected"],
  [65_537, "otp_failed"],
])("a rejection of %i characters is %s", async (length, expected) => {
  const filler = "x".repeat(length - JSON.stringify(rejected("")).length);
  const { credentials } = await startOtp({ replies: [[rejected(filler)]] });
  await expect(credentials.submitOtp(challenge, code)).rejects.toMatchObject({ code: expected });
});

/** How far the exchange comes, what the client's socket has emitted then, and whether the credential may exist. */
const MOMENTS: readonly [string, OtpScript, string | undefined, boolean][] = [
  ["during the handshake", { handshake: "hang" }, undefined, false],
  ["before a result", {}, "open", true],
  ["after the code was accepted", { replies: [[accepted]] }, "message", true],
];

/** Submits the code, and waits until the exchange has come as far as the script allows. */
async function submitUntil(script: OtpScript, event: string | undefined, options: SubmitOtpOptions) {
  const otp = await startOtp(script, { timeout: 60_000 });
  const submitted = rejection(otp.credentials.submitOtp(challenge, code, options), Object);
  await otp.waitFor(() => otp.urls.length === 1 && (event === undefined || otp.emitted(event) > 0));
  await afterPromises();
  return { ...otp, submitted };
}

test.each(MOMENTS)(
  "silence for longer than `timeout` %s is otp_failed",
  async (_moment, script, event, mayHaveSucceeded) => {
    useFakeTimers();
    const { submitted } = await submitUntil(script, event, { timeout: 50 });
    await vi.advanceTimersByTimeAsync(50);
    expect(await submitted).toMatchObject({ code: "otp_failed", errors: [], mayHaveSucceeded });
  },
);

test.each(MOMENTS)("an abort %s rejects with the caller's reason", async (_moment, script, event) => {
  const controller = new AbortController();
  const { submitted } = await submitUntil(script, event, { signal: controller.signal });
  const reason = new Error("changed my mind");
  controller.abort(reason);
  expect(await submitted).toBe(reason);
  expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
});

test("a signal that is aborted already rejects with its reason, and no connection is made", async () => {
  const { credentials, urls } = await startOtp();
  const reason = new Error("the caller's own reason");
  const submitted = credentials.submitOtp(challenge, code, { signal: AbortSignal.abort(reason) });
  await expect(submitted).rejects.toBe(reason);
  expect(urls).toEqual([]);
});

test("`timeout` is one deadline from the acceptance to the credential, whatever else the server sends", async () => {
  useFakeTimers();
  const { credentials, frames, send, emitted, waitFor } = await startOtp({}, { timeout: 60_000 });
  const ended = vi.fn();
  const submitted = credentials.submitOtp(challenge, code).catch(ended);
  await waitFor(() => frames.length === 1);
  await vi.advanceTimersByTimeAsync(59_999);
  for (const [index, event] of [accepted, { event: "PROGRESS" }, accepted].entries()) {
    send(event);
    await waitFor(() => emitted("message") === index + 1);
    await vi.advanceTimersByTimeAsync(20_000 - 1);
    expect(ended).not.toHaveBeenCalled();
  }
  await vi.advanceTimersByTimeAsync(3);
  expect(ended).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ code: "otp_failed", mayHaveSucceeded: true }),
  );
  await submitted;
  await waitFor(() => emitted("close") === 1);
  expect(vi.getTimerCount()).toBe(0);
});

test("a connection that the server does not close is cut off after a second", async () => {
  useFakeTimers();
  const { credentials, emitted, waitFor } = await startOtp({ replies: [[accepted, created]], ignoresClose: true });
  await credentials.submitOtp(challenge, code);
  await vi.advanceTimersByTimeAsync(999);
  await afterPromises();
  expect(emitted("close")).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  await waitFor(() => emitted("close") === 1);
  expect(vi.getTimerCount()).toBe(0);
});

test("a handshake that is refused, and a server that is not there, are otp_failed, with the cause", async () => {
  const failure = { code: "otp_failed", mayHaveSucceeded: false };
  const refusing = await startOtp({ handshake: 401 });
  const cause = expect.toSatisfy((thrown) => String(thrown).includes("401"));
  const refusal = refusing.credentials.submitOtp(challenge, code);
  await expect(refusal).rejects.toMatchObject({ ...failure, cause });
  const { credentials } = await startOtp({}, { baseUrl: `http://127.0.0.1:${await closedPort()}` });
  const submitted = credentials.submitOtp(challenge, code);
  await expect(submitted).rejects.toMatchObject({ ...failure, cause: { code: "ECONNREFUSED" } });
});

class ClosingWithMessage extends WebSocket {
  override emit(name: string | symbol, ...parameters: unknown[]): boolean {
    const isHandled = super.emit(name, ...parameters);
    return name === "message" ? super.emit("close", 1000, Buffer.alloc(0)) : isHandled;
  }
}

test("a rejection counts, even if the connection is closed at the same moment", async () => {
  const { credentials } = await startOtp({ replies: [[rejected("No."), 1000]] }, {}, ClosingWithMessage);
  await expect(credentials.submitOtp(challenge, code)).rejects.toMatchObject({ code: "otp_rejected" });
});

class ThrowingSend extends WebSocket {
  override send(): void {
    throw new Error(`could not send ${code}`);
  }
}

class ThrowingConstructor extends WebSocket {
  constructor(url: string) {
    super(url);
    this.on("error", () => {});
    this.terminate();
    throw new Error(`cannot connect to ${url}`);
  }
}

test.each([ThrowingSend, ThrowingConstructor])(
  "a WebSocket that throws, %o, is otp_failed, without secrets",
  async (Broken) => {
    const { credentials } = await startOtp({}, {}, Broken);
    const error = await rejection(credentials.submitOtp(challenge, code), RolloutOtpError);
    expect(error).toMatchObject({ code: "otp_failed", mayHaveSucceeded: false });
    expect(String(error.cause)).toContain("[redacted]");
  },
);
