import { createRolloutClient, RolloutConfigError } from "rollout-client";
import { afterEach, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { startOtpMock } from "../../support/otp-mock.mjs";
import { challenge, code, startOtp } from "./setup.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

test("without a WebSocket in the platform, the error says what to pass", async () => {
  vi.stubGlobal("WebSocket", undefined);
  const { credentials } = createRolloutClient({ token: "t" });
  const submitted = credentials.submitOtp(challenge, code);
  await expect(submitted).rejects.toBeInstanceOf(RolloutConfigError);
  await expect(submitted).rejects.toMatchObject({
    code: "invalid_config",
    option: "webSocket",
    message: expect.stringMatching(/package ws.*Node 22/),
  });
});

test("the platform's WebSocket is used when none is passed", async () => {
  const mock = await startOtpMock();
  vi.stubGlobal("WebSocket", WebSocket);
  const { credentials } = createRolloutClient({ token: "t", baseUrl: mock.url });
  expect(await credentials.submitOtp(challenge, "123456")).toEqual({ id: "credential_after_otp" });
  expect(mock.conversations).toMatchObject([{ path: "/auth/otp/otp%201%2F%C3%A4" }]);
  await mock.allClosed();
  await mock.stop();
});

test("https becomes wss, and the path of the document's server is kept", async () => {
  const urls: string[] = [];
  const webSocket = new Proxy(WebSocket, {
    construct(_target, [url]) {
      urls.push(url);
      throw new Error("no connection is made in this test");
    },
  });
  const { credentials } = createRolloutClient({ token: "t", webSocket });
  await expect(credentials.submitOtp("id", code)).rejects.toMatchObject({ code: "otp_failed" });
  expect(urls).toEqual([
    expect.stringMatching(/^wss:\/\/universal\.rollout\.com\/api\/auth\/otp\/id\?rolloutUserAgent=/),
  ]);
});

test.each([[""], [undefined], [null], [123456], [{}]])("a code must be a non-empty string, not %o", async (wrong) => {
  const { sockets, credentials } = await startOtp();
  // @ts-expect-error: what JavaScript callers may pass
  const submitted = credentials.submitOtp(challenge, wrong);
  await expect(submitted).rejects.toBeInstanceOf(RolloutConfigError);
  await expect(submitted).rejects.toMatchObject({ option: "code" });
  expect(sockets).toHaveLength(0);
});

test.each([[""], ["."], [".."], [undefined], [null], [7], [{}]])(
  "an id must name a challenge, not %o",
  async (wrong) => {
    const { sockets, credentials } = await startOtp();
    // @ts-expect-error: what JavaScript callers may pass
    const submitted = credentials.submitOtp(wrong, code);
    await expect(submitted).rejects.toBeInstanceOf(RolloutConfigError);
    await expect(submitted).rejects.toMatchObject({ option: "challenge" });
    expect(sockets).toHaveLength(0);
  },
);

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("a timeout of %d is refused", async (timeout) => {
  const { sockets, credentials } = await startOtp();
  await expect(credentials.submitOtp(challenge, code, { timeout })).rejects.toMatchObject({ option: "timeout" });
  expect(sockets).toHaveLength(0);
});
