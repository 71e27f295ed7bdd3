import {
  createRolloutClient,
  isOtpChallenge,
  type OtpChallenge,
  type OtpPrompt,
  RolloutConfigError,
  RolloutOtpError,
} from "rollout-client";
import { afterEach, expect, test, vi } from "vitest";
import ws from "ws";
import { deferred } from "../../support/deferred.ts";
import { otpEvents } from "../../support/otp-mock.mjs";
import { challenge, input, otpErrorOf, startOtp } from "./setup.ts";

afterEach(() => {
  vi.useRealTimers();
});

test("onOtp gives the code, and create resolves to the credential", async () => {
  const { credentials } = await startOtp();
  const asked: [OtpChallenge, OtpPrompt][] = [];
  const credential = await credentials.create(input, {
    onOtp: async (...asks) => {
      asked.push(asks);
      return "123456";
    },
  });
  expect(credential).toEqual({ id: "credential_after_otp" });
  expect(asked).toEqual([[challenge, { attempt: 1, rejected: undefined }]]);
});

test("without onOtp, create resolves to the challenge", async () => {
  const { sockets, credentials } = await startOtp();
  expect(await credentials.create(input)).toEqual(challenge);
  expect(sockets).toHaveLength(0);
});

test("onOtp is not asked when no one-time password is wanted", async () => {
  const rollout = createRolloutClient({
    token: "t",
    webSocket: ws,
    fetch: async () => Response.json({ id: "cred_1" }),
  });
  const onOtp = vi.fn(() => "123456");
  expect(await rollout.credentials.create(input, { onOtp })).toEqual({ id: "cred_1" });
  expect(onOtp).not.toHaveBeenCalled();
});

test("onOtp on a platform without WebSocket is refused before anything is sent", async () => {
  vi.stubGlobal("WebSocket", undefined);
  const fetch = vi.fn(async () => Response.json({ id: "cred_1" }));
  const { credentials } = createRolloutClient({ token: "t", fetch });
  const create = credentials.create(input, { onOtp: () => "123456" });
  await expect(create).rejects.toMatchObject({ code: "invalid_config", option: "webSocket" });
  expect(fetch).not.toHaveBeenCalled();
  await expect(credentials.create(input)).resolves.toEqual({ id: "cred_1" });
});

test("a challenge needs no more than its id", async () => {
  const fetch = async () => Response.json({ otpChallengeId: "otp_1" });
  const { credentials } = createRolloutClient({ token: "t", fetch });
  const result = await credentials.create(input);
  expect(isOtpChallenge(result)).toBe(true);
  expect(result).toEqual({ otpChallengeId: "otp_1", message: "" });
});

test("it is asked again after each rejected code, on the same socket", async () => {
  const { mock, credentials } = await startOtp();
  const prompts: OtpPrompt[] = [];
  const credential = await credentials.create(input, {
    onOtp: (_challenge, prompt) => {
      prompts.push(prompt);
      return ["000000", "111111", "123456"][prompt.attempt - 1];
    },
  });
  expect(credential).toEqual({ id: "credential_after_otp" });
  expect(prompts.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  expect(prompts[0]?.rejected).toBeUndefined();
  for (const { rejected } of prompts.slice(1)) {
    expect(rejected).toBeInstanceOf(RolloutOtpError);
    expect(rejected).toMatchObject({
      code: "otp_rejected",
      errors: [{ message: "This code is wrong or has expired." }],
    });
  }
  expect(mock.conversations.map(({ frames }) => frames.length)).toEqual([3]);
});

test("giving undefined after a rejected code ends with the error of that code", async () => {
  const { credentials } = await startOtp();
  const rejections: unknown[] = [];
  const created = credentials.create(input, {
    onOtp: (_challenge, { attempt, rejected }) => {
      rejections.push(rejected);
      return attempt === 3 ? undefined : `wrong ${attempt}`;
    },
  });
  const error = await otpErrorOf(created);
  expect(error.code).toBe("otp_rejected");
  expect(error).toBe(rejections[2]);
  expect(error).not.toBe(rejections[1]);
});

test("giving undefined at once ends with otp_rejected, without a connection", async () => {
  const { sockets, credentials } = await startOtp();
  const error = await otpErrorOf(credentials.create(input, { onOtp: () => undefined }));
  expect(error).toMatchObject({ code: "otp_rejected", errors: [], otpChallengeId: challenge.otpChallengeId });
  expect(sockets).toHaveLength(0);
});

test.each([1, 2])("what onOtp throws when asked for code %i comes out unchanged", async (throwing) => {
  const { credentials } = await startOtp();
  const failure = new Error("the prompt was closed");
  const created = credentials.create(input, {
    onOtp: (_challenge, { attempt }) => {
      if (attempt === throwing) throw failure;
      return "wrong";
    },
  });
  await expect(created).rejects.toBe(failure);
});

test.each([1, 2])("a code %i that is no code is refused before it is sent", async (wrongOne) => {
  const { mock, credentials } = await startOtp();
  const created = credentials.create(input, {
    onOtp: (_challenge, { attempt }) => (attempt === wrongOne ? "" : "wrong"),
  });
  await expect(created).rejects.toBeInstanceOf(RolloutConfigError);
  expect(mock.conversations.flatMap(({ frames }) => frames)).toHaveLength(wrongOne - 1);
});

test("the time that a person takes does not count against `timeout`", async () => {
  const { sockets, credentials } = await startOtp({ timeout: 60_000 });
  const typed = [deferred(), deferred()];
  const asked = [deferred(), deferred()];
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const created = credentials.create(input, {
    onOtp: async (_challenge, { attempt }) => {
      asked[attempt - 1]?.resolve();
      await typed[attempt - 1]?.promise;
      return attempt === 1 ? "wrong" : "123456";
    },
  });
  for (const turn of [0, 1]) {
    await asked[turn]?.promise;
    vi.advanceTimersByTime(3_600_000);
    expect(sockets).toHaveLength(turn);
    typed[turn]?.resolve();
  }
  expect(await created).toEqual({ id: "credential_after_otp" });
});

test("a connection that is lost while a person types ends the call at once", async () => {
  const askedAgain = deferred();
  const { sockets, credentials } = await startOtp({
    script: async (conversation) => {
      await conversation.nextCode();
      conversation.send(otpEvents.codeRejected("No."));
      await askedAgain.promise;
      conversation.close(1001);
    },
  });
  const created = credentials.create(input, {
    onOtp: (_challenge, { attempt }) => {
      if (attempt === 1) return "wrong";
      askedAgain.resolve();
      return new Promise(() => {});
    },
  });
  expect(await otpErrorOf(created)).toMatchObject({ code: "otp_failed" });
  expect(sockets).toHaveLength(1);
});

test("a result that comes unasked is not taken for the answer to the next code", async () => {
  const twice = deferred();
  const { mock, credentials } = await startOtp({
    script: async (conversation) => {
      await conversation.nextCode();
      conversation.send(otpEvents.codeRejected("No."));
      conversation.send(otpEvents.codeRejected("No, said twice."));
      await conversation.delivered();
      twice.resolve();
      await conversation.nextCode();
      conversation.send(otpEvents.codeAccepted());
      conversation.send(otpEvents.credentialCreated("cred_1"));
    },
  });
  const created = credentials.create(input, {
    onOtp: async (_challenge, { attempt }) => {
      if (attempt > 1) await twice.promise;
      return `code ${attempt}`;
    },
  });
  expect(await created).toEqual({ id: "cred_1" });
  expect(mock.conversations.map(({ frames }) => frames.length)).toEqual([2]);
});
