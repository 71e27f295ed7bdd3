import { getEventListeners } from "node:events";
import { setImmediate as afterPromises } from "node:timers/promises";
import { createRolloutClient, isOtpChallenge, type OtpPrompt, RolloutOtpError } from "rollout-client";
import { createRolloutMock, createTestToken } from "rollout-client/testing";
import { afterEach, expect, test, vi } from "vitest";
import { deferred } from "../../support/deferred.ts";
import { rejection } from "../../support/rejection.ts";
import { accepted, challenge, created, input, refused, rejected, startOtp, useFakeTimers } from "./otp-server.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("onOtp is given the challenge and returns codes until one is right: create resolves to the credential", async () => {
  const mock = createRolloutMock();
  mock.requireOtp(input.appKey, "123456");
  const { credentials } = createRolloutClient({ token: createTestToken("user_1"), ...mock.options });
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
  expect(await (await startOtp()).credentials.create(input)).toEqual(challenge);
  const { credentials } = await startOtp({}, { fetch: async () => Response.json({ otpChallengeId: "otp_1" }) });
  const result = await credentials.create(input);
  expect(isOtpChallenge(result)).toBe(true);
  expect(result).toEqual({ otpChallengeId: "otp_1", message: "" });
});

test.each([null, ""])(
  "onOtp is not called for a credential, even with the otpChallengeId %j",
  async (otpChallengeId) => {
    const credential = { id: "cred_1", otpChallengeId };
    const { credentials } = await startOtp({}, { fetch: async () => Response.json(credential) });
    const onOtp = vi.fn(() => "123456");
    expect(await credentials.create(input, { onOtp })).toEqual(credential);
    expect(onOtp).not.toHaveBeenCalled();
  },
);

test.each([undefined, null, "otp_1", [], {}, { otpChallengeId: null }, { otpChallengeId: "" }, { id: "cred_1" }])(
  "isOtpChallenge(%j) is false",
  (value) => {
    expect(isOtpChallenge(value)).toBe(false);
  },
);

const { otpChallengeId } = challenge;
const ending = (code: string, fields: object) => expect.objectContaining({ code, ...fields, mayHaveSucceeded: false });
const cancelled = ending("otp_cancelled", { errors: [], otpChallengeId });
const failure = new Error("the prompt was closed");

test.each<[string, () => unknown, object]>([
  ["returns undefined", () => undefined, cancelled],
  ["returns null", () => null, cancelled],
  ["returns an empty code, however often it is asked,", () => "", cancelled],
  ["returns a number", () => 123456, ending("invalid_input", { option: "code" })],
  ["throws", () => Promise.reject(failure), expect.toSatisfy((thrown) => thrown === failure)],
])(
  "an onOtp that %s for the first or the second code ends the call, and sends no more",
  async (_case, end, outcome) => {
    for (const last of [1, 2]) {
      const { credentials, frames } = await startOtp({ replies: [[rejected("No.")]] });
      const onOtp = (_challenge: unknown, { attempt }: OtpPrompt) => (attempt < last ? "wrong" : end());
      const creating: Promise<unknown> = Reflect.apply(credentials.create, credentials, [input, { onOtp }]);
      await expect(creating).rejects.toEqual(outcome);
      expect(frames).toHaveLength(last - 1);
    }
  },
);

test("an empty code is asked for again, and white space is removed", async () => {
  const { credentials, frames } = await startOtp({ replies: [[rejected("No.")], [accepted, created]] });
  const answers = ["", " ", "1 1\t1", "\n", "", " 123 456 "];
  const attempts: number[] = [];
  const onOtp = async (_challenge: unknown, { attempt }: OtpPrompt) => {
    attempts.push(attempt);
    return answers.shift();
  };
  expect(await credentials.create(input, { onOtp })).toEqual({ id: "cred_1" });
  expect(attempts).toEqual([1, 1, 1, 2, 2, 2]);
  expect(frames.map((frame) => JSON.parse(frame).otp)).toEqual(["111", "123456"]);
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
  useFakeTimers();
  const { credentials } = await startOtp({ replies: [...[[rejected("No.")]].slice(2 - attempt), [accepted, created]] });
  const { asked, typed, onOtp } = waitingPerson(attempt);
  const creating = credentials.create(input, { onOtp, timeout: 60_000 });
  await asked;
  await vi.advanceTimersByTimeAsync(3_600_000);
  typed.resolve("123456");
  expect(await creating).toEqual({ id: "cred_1" });
});

test("the `timeout` of create is for each wait for the server, too", async () => {
  useFakeTimers();
  const { credentials, frames, waitFor } = await startOtp({}, { timeout: 60_000 });
  const ended = vi.fn();
  void credentials.create(input, { onOtp: () => "123456", timeout: 50 }).catch(ended);
  await waitFor(() => frames.length === 1);
  await vi.advanceTimersByTimeAsync(50);
  expect(ended).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ code: "otp_failed", mayHaveSucceeded: true }),
  );
});

test.each([1, 2])("an abort while a person types code %i rejects with the caller's reason", async (attempt) => {
  const controller = new AbortController();
  const { credentials, urls, emitted, waitFor } = await startOtp({ replies: [[rejected("No.")]] });
  const { asked, typed, onOtp } = waitingPerson(attempt);
  const asking = vi.fn(onOtp);
  const creating = credentials.create(input, { signal: controller.signal, onOtp: asking });
  await asked;
  controller.abort("changed my mind");
  await expect(creating).rejects.toBe("changed my mind");
  expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  expect(urls).toHaveLength(attempt - 1);
  await waitFor(() => emitted("close") === attempt - 1);
  // What the person enters then is of no use, and not asked for again.
  typed.resolve("");
  await afterPromises();
  expect(asking).toHaveBeenCalledTimes(attempt);
});

// The abort comes 0 to 11 microtasks after the code: one of them falls just before the socket opens.
test("an abort right after a code was given rejects with the caller's reason, and leaves no rejection unhandled", async () => {
  const { credentials } = await startOtp({ handshake: "hang" });
  for (let steps = 0; steps < 12; steps += 1) {
    const controller = new AbortController();
    const onOtp = async (): Promise<string> => {
      let step = Promise.resolve();
      for (let done = 0; done < steps; done += 1) step = step.then(() => {});
      void step.then(() => controller.abort("changed my mind"));
      return "123456";
    };
    const creating = credentials.create(input, { signal: controller.signal, onOtp });
    await expect(creating).rejects.toBe("changed my mind");
  }
});

/** A person who types code 2 while the server sends these frames. */
async function sendWhileTyping(...frames: (object | string | number)[]) {
  const otp = await startOtp({ replies: [[rejected("No.")], [accepted, created]] });
  const { asked, typed, onOtp } = waitingPerson(2);
  const creating = otp.credentials.create(input, { onOtp });
  await asked;
  otp.send(...frames);
  return { ...otp, creating, typed };
}

test.each<[string, (object | string | number)[], object]>([
  ["a lost connection", [1001], { code: "otp_failed", mayHaveSucceeded: false }],
  ["a frame that is too large", ["x".repeat(65_537)], { code: "otp_failed", mayHaveSucceeded: false }],
  ["a refused credential", [refused("Locked."), 1000], { code: "otp_failed", errors: [{ message: "Locked." }] }],
])("%s ends the call at once while a person types", async (_case, frames, failure) => {
  const { creating } = await sendWhileTyping(...frames);
  expect(await rejection(creating, RolloutOtpError)).toMatchObject(failure);
});

test("a credential that arrives while a person types is the result, even if the server closes the connection", async () => {
  const { creating } = await sendWhileTyping(created, 1001);
  expect(await creating).toEqual({ id: "cred_1" });
});

test("results that arrive while a person types are dropped, however many", async () => {
  const unasked = Array.from({ length: 5_000 }, (_, index) =>
    index % 2 === 0 ? rejected("No, said twice.") : accepted,
  );
  const { creating, typed, emitted, waitFor } = await sendWhileTyping(...unasked);
  await waitFor(() => emitted("message") === 5_001);
  typed.resolve("123456");
  expect(await creating).toEqual({ id: "cred_1" });
});
