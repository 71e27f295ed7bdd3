import { getEventListeners } from "node:events";
import {
  createRolloutClient,
  isOtpChallenge,
  type OtpPrompt,
  RolloutConfigError,
  RolloutOtpError,
} from "rollout-client";
import { createRolloutMock, createTestToken } from "rollout-client/testing";
import { afterEach, expect, test, vi } from "vitest";
import { deferred } from "../../support/deferred.ts";
import { rejection } from "../../support/rejection.ts";
import { accepted, challenge, created, input, rejected, startOtp } from "./setup.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** A mock that asks for a one-time password, whose code is 123456, and a client of it. */
function startMock() {
  const mock = createRolloutMock();
  mock.requireOtp(input.appKey, "123456");
  const { credentials } = createRolloutClient({ token: createTestToken("user_1"), ...mock.options });
  return { mock, credentials };
}

test("onOtp is given the challenge and returns codes until one is right: create resolves to the credential", async () => {
  const { mock, credentials } = startMock();
  const prompts: OtpPrompt[] = [];
  const credential = await credentials.create(input, {
    onOtp: async (asked, prompt) => {
      expect(isOtpChallenge(asked)).toBe(true);
      prompts.push(prompt);
      return ["000000", "111111", "123456"][prompt.attempt - 1];
    },
  });
  expect(mock.credentials).toMatchObject([credential]);
  const wrong = { code: "otp_rejected", errors: [{ message: "This code is wrong or has expired." }] };
  expect(prompts).toMatchObject([
    { attempt: 1, rejected: undefined },
    { attempt: 2, rejected: wrong },
    { attempt: 3, rejected: wrong },
  ]);
});

test("without onOtp, create resolves to the challenge, of which only the id is needed", async () => {
  expect(await startOtp().credentials.create(input)).toEqual(challenge);
  const { credentials } = startOtp({}, { fetch: async () => Response.json({ otpChallengeId: "otp_1" }) });
  const result = await credentials.create(input);
  expect(isOtpChallenge(result)).toBe(true);
  expect(result).toEqual({ otpChallengeId: "otp_1", message: "" });
});

test("onOtp is not called for a credential, even with an otpChallengeId that is null", async () => {
  const credential = { id: "cred_1", otpChallengeId: null };
  const { credentials } = startOtp({}, { fetch: async () => Response.json(credential) });
  const onOtp = vi.fn(() => "123456");
  expect(await credentials.create(input, { onOtp })).toEqual(credential);
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

test("returning undefined after a rejected code ends with the error of that code", async () => {
  const rejections: unknown[] = [];
  const creating = startMock().credentials.create(input, {
    onOtp: (_challenge, { attempt, rejected }) => {
      rejections.push(rejected);
      return attempt === 3 ? undefined : `wrong ${attempt}`;
    },
  });
  const error = await rejection(creating, RolloutOtpError);
  expect(error.code).toBe("otp_rejected");
  expect(error).toBe(rejections[2]);
  expect(error).not.toBe(rejections[1]);
});

test("returning undefined at once ends with otp_rejected, without a connection", async () => {
  const { credentials, sockets } = startOtp();
  const error = await rejection(credentials.create(input, { onOtp: () => undefined }), RolloutOtpError);
  expect(error).toMatchObject({ code: "otp_rejected", errors: [], otpChallengeId: challenge.otpChallengeId });
  expect(sockets).toEqual([]);
});

test.each([1, 2])("what onOtp throws when asked for code %i comes out unchanged", async (throwing) => {
  const failure = new Error("the prompt was closed");
  const creating = startMock().credentials.create(input, {
    onOtp: (_challenge, { attempt }) => {
      if (attempt === throwing) throw failure;
      return "wrong";
    },
  });
  await expect(creating).rejects.toBe(failure);
});

test.each([1, 2])("an empty code %i is refused before it is sent", async (empty) => {
  const { credentials, sockets } = startOtp({ replies: [[rejected("No.")]] });
  const creating = credentials.create(input, {
    onOtp: (_challenge, { attempt }) => (attempt === empty ? "" : "wrong"),
  });
  await expect(creating).rejects.toBeInstanceOf(RolloutConfigError);
  expect(sockets.flatMap(({ frames }) => frames)).toHaveLength(empty - 1);
});

/** A person who types code 1, but waits with the one that is asked for last until the test goes on. */
function waitingPerson(lastAttempt: number) {
  const asked = deferred();
  const typed = deferred<string>();
  const onOtp = (_challenge: unknown, { attempt }: OtpPrompt) => {
    if (attempt < lastAttempt) return "wrong";
    asked.resolve();
    return typed.promise;
  };
  return { asked: asked.promise, typed, onOtp };
}

test.each([1, 2])("the time that a person takes to type code %i does not count against `timeout`", async (attempt) => {
  vi.useFakeTimers();
  const { credentials } = startOtp({ replies: [...[[rejected("No.")]].slice(2 - attempt), [accepted, created]] });
  const { asked, typed, onOtp } = waitingPerson(attempt);
  const creating = credentials.create(input, { onOtp, timeout: 60_000 });
  await asked;
  await vi.advanceTimersByTimeAsync(3_600_000);
  typed.resolve("123456");
  expect(await creating).toEqual({ id: "cred_1" });
});

test.each([1, 2])("an abort while a person types code %i rejects with the caller's reason", async (attempt) => {
  const controller = new AbortController();
  const { credentials, sockets } = startOtp({ replies: [[rejected("No.")]] });
  const { asked, onOtp } = waitingPerson(attempt);
  const creating = credentials.create(input, { signal: controller.signal, onOtp });
  await asked;
  controller.abort("changed my mind");
  await expect(creating).rejects.toBe("changed my mind");
  expect(sockets.map(({ closeCodes }) => closeCodes)).toEqual(attempt === 1 ? [] : [[1000]]);
  expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
});

// The abort comes 0 to 11 microtasks after the code: one of them falls just before the socket opens.
test("an abort right after a code was given rejects with the caller's reason, and leaves no rejection unhandled", async () => {
  for (let steps = 0; steps < 12; steps += 1) {
    const controller = new AbortController();
    const { credentials, sockets } = startOtp({ opening: "hang" });
    const onOtp = async (): Promise<string> => {
      let step = Promise.resolve();
      for (let done = 0; done < steps; done += 1) step = step.then(() => {});
      void step.then(() => controller.abort("changed my mind"));
      return "123456";
    };
    const creating = credentials.create(input, { signal: controller.signal, onOtp });
    await expect(creating).rejects.toBe("changed my mind");
    for (const { closeCodes } of sockets) expect(closeCodes).toEqual([1000]);
  }
});

test("a connection that is lost while a person types ends the call at once", async () => {
  const { credentials, sockets } = startOtp({ replies: [[rejected("No.")]] });
  const { asked, onOtp } = waitingPerson(2);
  const creating = credentials.create(input, { onOtp });
  await asked;
  sockets[0]?.receive([1001]);
  const failure = await rejection(creating, RolloutOtpError);
  expect(failure).toMatchObject({ code: "otp_failed", mayHaveSucceeded: false });
});

test("a result that arrives unasked is not taken for the result of the next code", async () => {
  const { credentials, sockets } = startOtp({
    replies: [
      [rejected("No."), rejected("No, said twice.")],
      [accepted, created],
    ],
  });
  const onOtp = (_challenge: unknown, { attempt }: OtpPrompt) => `code ${attempt}`;
  expect(await credentials.create(input, { onOtp })).toEqual({ id: "cred_1" });
  expect(sockets.map(({ frames }) => frames.length)).toEqual([2]);
});
