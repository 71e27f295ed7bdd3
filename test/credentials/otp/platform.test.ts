import { createRolloutClient, RolloutConfigError } from "rollout-client";
import { createRolloutMock, createTestToken } from "rollout-client/testing";
import { afterEach, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { rejection } from "../../support/rejection.ts";
import { challenge, code, input, rejected, startOtp } from "./otp-server.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

test("without a WebSocket in the platform, onOtp and submitOtp are refused before anything is sent", async () => {
  vi.stubGlobal("WebSocket", undefined);
  const fetch = vi.fn(async () => Response.json({ id: "cred_1" }));
  const { credentials } = createRolloutClient({ token: "t", fetch });
  for (const call of [credentials.create(input, { onOtp: () => code }), credentials.submitOtp(challenge, code)]) {
    await expect(call).rejects.toMatchObject({ code: "invalid_config", option: "webSocket" });
  }
  expect(fetch).not.toHaveBeenCalled();
  await expect(credentials.create(input)).resolves.toEqual({ id: "cred_1" });
});

test("the platform's WebSocket is used when none is passed", async () => {
  const mock = createRolloutMock();
  mock.requireOtp(input.appKey, code);
  const { baseUrl, fetch, webSocket } = mock.options;
  vi.stubGlobal("WebSocket", webSocket);
  const { credentials } = createRolloutClient({ token: createTestToken("user_1"), baseUrl, fetch });
  expect(mock.credentials).toMatchObject([await credentials.create(input, { onOtp: () => code })]);
});

class SilentlyClosed extends WebSocket {
  constructor(url: string) {
    super(url);
    this.terminate();
  }

  override emit(): boolean {
    return true;
  }
}

test("a WebSocket that is closed without an event is left without listeners", async () => {
  const { credentials } = await startOtp({}, {}, SilentlyClosed);
  const submitted = credentials.submitOtp(challenge, code, { timeout: 20 });
  await expect(submitted).rejects.toMatchObject({ code: "otp_failed", mayHaveSucceeded: false });
});

class RejectingInSend extends WebSocket {
  override send(): void {
    this.emit("message", Buffer.from(JSON.stringify(rejected("No."))), false);
  }
}

test("a code that is rejected before send() returns is not held by the server", async () => {
  const { credentials } = await startOtp({}, {}, RejectingInSend);
  const submitted = credentials.submitOtp(challenge, code);
  await expect(submitted).rejects.toMatchObject({ code: "otp_rejected", mayHaveSucceeded: false });
});

const wrongCodes = ["", " ", "\r\n", "\u00a0", undefined, null, 123456, {}];
const wrongChallenges = ["", ".", "..", "\ud800", undefined, null, 7, {}, { otpChallengeId: "" }];
const wrongTimeouts = [0, -1, Number.NaN, Number.POSITIVE_INFINITY];

test.each<[string, string, unknown[][]]>([
  ["invalid_input", "code", wrongCodes.map((wrong) => [challenge, wrong])],
  ["invalid_input", "challenge", wrongChallenges.map((wrong) => [wrong, code])],
  ["invalid_config", "timeout", wrongTimeouts.map((timeout) => [challenge, code, { timeout }])],
  ["invalid_config", "retry", [[challenge, code, { retry: 2 }]]],
  ["invalid_config", "signal", [[challenge, code, { signal: {} }]]],
  ["invalid_config", "confirm", [[challenge, code, { confirm: true }]]],
])("submitOtp rejects with %s for a wrong %s before it connects", async (expected, option, calls) => {
  const { credentials, urls } = await startOtp();
  for (const parameters of calls) {
    const submitted: Promise<unknown> = Reflect.apply(credentials.submitOtp, credentials, parameters);
    expect(await rejection(submitted, RolloutConfigError)).toMatchObject({ code: expected, option });
  }
  expect(urls).toEqual([]);
});
