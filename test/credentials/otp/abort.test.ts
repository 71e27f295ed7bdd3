import { getEventListeners } from "node:events";
import { setImmediate as afterPromises } from "node:timers/promises";
import { expect, test } from "vitest";
import { type Deferred, deferred } from "../../support/deferred.ts";
import { type OtpScript, otpEvents } from "../../support/otp-mock.mjs";
import { challenge, code, input, startOtp } from "./setup.ts";

const reason = new Error("the caller's own reason");

test("a signal that is aborted already rejects with its reason, and no connection is made", async () => {
  const { sockets, credentials } = await startOtp();
  const submitted = credentials.submitOtp(challenge, code, { signal: AbortSignal.abort(reason) });
  await expect(submitted).rejects.toBe(reason);
  expect(sockets).toHaveLength(0);
});

test("an abort while connecting rejects with the caller's reason", async () => {
  const controller = new AbortController();
  const { sockets, credentials } = await startOtp({ handshake: "hang" });
  const submitted = credentials.submitOtp(challenge, code, { signal: controller.signal });
  await afterPromises();
  expect(sockets).toHaveLength(1);
  controller.abort(reason);
  await expect(submitted).rejects.toBe(reason);
  expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
});

const steps: [string, (reached: Deferred) => OtpScript][] = [
  [
    "while the code is being checked",
    (reached) => async (conversation) => {
      await conversation.nextCode();
      reached.resolve();
    },
  ],
  [
    "while the credential is being created",
    (reached) => async (conversation) => {
      await conversation.nextCode();
      conversation.send(otpEvents.codeAccepted());
      reached.resolve();
    },
  ],
];

test.each(steps)("an abort %s rejects with the caller's reason", async (_step, scriptUpTo) => {
  const controller = new AbortController();
  const reached = deferred();
  const { mock, credentials } = await startOtp({ script: scriptUpTo(reached) });
  const submitted = credentials.submitOtp(challenge, code, { signal: controller.signal });
  await reached.promise;
  controller.abort(reason);
  await expect(submitted).rejects.toBe(reason);
  expect(await mock.conversations[0]?.closed).toBe(1000);
  expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
});

test("an abort while a person types the first code rejects with the caller's reason", async () => {
  const controller = new AbortController();
  const { sockets, credentials } = await startOtp();
  const asked = deferred();
  const created = credentials.create(input, {
    signal: controller.signal,
    onOtp: () => {
      asked.resolve();
      return new Promise(() => {});
    },
  });
  await asked.promise;
  controller.abort(reason);
  await expect(created).rejects.toBe(reason);
  expect(sockets).toHaveLength(0);
  expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
});

test("an abort while a person types the next code rejects with the caller's reason", async () => {
  const controller = new AbortController();
  const { mock, credentials } = await startOtp();
  const askedAgain = deferred();
  const created = credentials.create(input, {
    signal: controller.signal,
    onOtp: (_challenge, { attempt }) => {
      if (attempt === 1) return "wrong";
      askedAgain.resolve();
      return new Promise(() => {});
    },
  });
  await askedAgain.promise;
  controller.abort(reason);
  await expect(created).rejects.toBe(reason);
  expect(await mock.conversations[0]?.closed).toBe(1000);
  expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
});

test("an abort reason that is not an error comes out as it is", async () => {
  const controller = new AbortController();
  const reached = deferred();
  const { credentials } = await startOtp({
    script: async (conversation) => {
      await conversation.nextCode();
      reached.resolve();
    },
  });
  const submitted = credentials.submitOtp(challenge, code, { signal: controller.signal });
  await reached.promise;
  controller.abort("changed my mind");
  await expect(submitted).rejects.toBe("changed my mind");
});

test("no listener is left on the signal after a success, an abort later changes nothing", async () => {
  const controller = new AbortController();
  const { credentials } = await startOtp();
  const submitted = credentials.submitOtp(challenge, "123456", { signal: controller.signal });
  expect(await submitted).toEqual({ id: "credential_after_otp" });
  expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  controller.abort(reason);
});
