import { afterEach, expect, test, vi } from "vitest";
import { packageVersion } from "../../../src/generated/document.ts";
import { deferred } from "../../support/deferred.ts";
import { acceptCode, otpEvents } from "../../support/otp-mock.mjs";
import { challenge, closed, code, otpErrorOf, startOtp } from "./setup.ts";

afterEach(() => {
  vi.useRealTimers();
});

test("the right code becomes the credential", async () => {
  const { mock, credentials } = await startOtp({ script: acceptCode(code, "cred_1") });
  expect(await credentials.submitOtp(challenge, code)).toEqual({ id: "cred_1" });
  expect(mock.conversations.map(({ frames }) => frames)).toEqual([[`{"event":"ENTER_OTP","otp":"${code}"}`]]);
  expect(await mock.conversations[0]?.closed).toBe(1000);
});

test("the id of a challenge will do, as in another process", async () => {
  const { mock, credentials } = await startOtp({ script: acceptCode(code, "cred_1") });
  expect(await credentials.submitOtp(challenge.otpChallengeId, code)).toEqual({ id: "cred_1" });
  expect(mock.conversations).toMatchObject([{ otpChallengeId: challenge.otpChallengeId }]);
});

test("the address keeps the path of baseUrl, encodes the id and names this client", async () => {
  const { mock, credentials } = await startOtp({ script: acceptCode(code) });
  await credentials.submitOtp(challenge, code);
  const [conversation] = mock.conversations;
  expect(conversation?.path).toBe("/api/auth/otp/otp%201%2F%C3%A4");
  expect(conversation?.query.toString()).toBe(
    new URLSearchParams({ rolloutUserAgent: `rollout-client@${packageVersion}` }).toString(),
  );
});

test("no token is sent", async () => {
  const { mock, credentials } = await startOtp({ script: acceptCode(code) });
  await credentials.submitOtp(challenge, code);
  const [conversation] = mock.conversations;
  expect(conversation?.headers).toMatchObject({ upgrade: "websocket" });
  expect(conversation?.headers).not.toHaveProperty("authorization");
  expect(JSON.stringify(conversation?.headers)).not.toContain("token-5524");
});

test("a wrong code is otp_rejected, with the server's reasons", async () => {
  const { credentials } = await startOtp({ script: acceptCode(code) });
  const error = await otpErrorOf(credentials.submitOtp(challenge, "another"));
  expect(error).toMatchObject({
    code: "otp_rejected",
    otpChallengeId: challenge.otpChallengeId,
    errors: [{ message: "This code is wrong or has expired." }],
  });
  expect(error.message).toContain("This code is wrong or has expired.");
});

test("a credential that cannot be created is otp_failed, with the server's reasons", async () => {
  const { credentials } = await startOtp({
    script: async (conversation) => {
      await conversation.nextCode();
      conversation.send(otpEvents.codeAccepted());
      conversation.send(otpEvents.credentialRefused("Login failed.", "The account is locked."));
    },
  });
  const error = await otpErrorOf(credentials.submitOtp(challenge, code));
  expect(error).toMatchObject({
    code: "otp_failed",
    otpChallengeId: challenge.otpChallengeId,
    errors: [{ message: "Login failed." }, { message: "The account is locked." }],
  });
});

test("events of other names are ignored at every step", async () => {
  const { credentials } = await startOtp({
    script: async (conversation) => {
      conversation.send({ event: "HELLO" });
      await conversation.nextCode();
      conversation.send({ event: "PROGRESS", ok: false, errors: [{ message: "none of ours" }] });
      conversation.send(otpEvents.codeAccepted());
      conversation.send({ event: "PROGRESS", credential: { id: "not this one" } });
      conversation.send(otpEvents.credentialCreated("cred_1"));
    },
  });
  expect(await credentials.submitOtp(challenge, code)).toEqual({ id: "cred_1" });
});

test("fields that are not known are ignored", async () => {
  const { credentials } = await startOtp({
    script: async (conversation) => {
      await conversation.nextCode();
      conversation.send({ ...otpEvents.codeAccepted(), since: 1 });
      conversation.send({ event: "CREDENTIAL", ok: true, credential: { id: "cred_1", name: "x" }, more: [] });
    },
  });
  expect(await credentials.submitOtp(challenge, code)).toEqual({ id: "cred_1" });
});

test("a slow server is waited for, `timeout` anew for each frame", async () => {
  const received = deferred();
  const accept = deferred();
  const accepted = deferred();
  const create = deferred();
  const { sockets, credentials } = await startOtp({
    timeout: 60_000,
    script: async (conversation) => {
      await conversation.nextCode();
      received.resolve();
      await accept.promise;
      conversation.send(otpEvents.codeAccepted());
      await conversation.delivered();
      accepted.resolve();
      await create.promise;
      conversation.send(otpEvents.credentialCreated("cred_1"));
    },
  });
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const submitted = credentials.submitOtp(challenge, code);
  await received.promise;
  vi.advanceTimersByTime(59_000);
  accept.resolve();
  await accepted.promise;
  vi.advanceTimersByTime(59_000);
  create.resolve();
  expect(await submitted).toEqual({ id: "cred_1" });
  await Promise.all(sockets.map(closed)); // the package ws has a timer for its closing handshake
  expect(vi.getTimerCount()).toBe(0);
});

test("two conversations at once do not mix", async () => {
  const both = deferred();
  const codes: (string | undefined)[] = [];
  const { mock, credentials } = await startOtp({
    script: async (conversation) => {
      const entered = await conversation.nextCode();
      if (codes.push(entered) === 2) both.resolve();
      await both.promise;
      conversation.send(otpEvents.codeAccepted());
      conversation.send(otpEvents.credentialCreated(`${conversation.otpChallengeId} by ${entered}`));
    },
  });
  const results = await Promise.all([credentials.submitOtp("one", "1111"), credentials.submitOtp("two", "2222")]);
  expect(results).toEqual([{ id: "one by 1111" }, { id: "two by 2222" }]);
  expect(mock.conversations).toHaveLength(2);
});
