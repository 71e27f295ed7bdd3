import { getEventListeners } from "node:events";
import { setImmediate as afterPromises } from "node:timers/promises";
import { expect, test } from "vitest";
import { type OtpScript, otpEvents } from "../../../scripts/mock/otp-mock.mjs";
import { Moment } from "../../support/moment.ts";
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

const steps: [string, (reached: Moment) => OtpScript][] = [
  [
    "while the code is being checked",
    (reached) => async (conversation) => {
      await conversation.nextCode();
      reached.reached();
    },
  ],
  [
    "while the credential is being created",
    (reached) => async (conversation) => {
      await conversation.nextCode();
      conversation.send(otpEvents.codeAccepted());
      reached.reached();
    },
  ],
];

test.each(steps)("an abort %s rejects with the caller's reason", async (_step, scriptUpTo) => {
  const controller = new AbortController();
  const reached = new Moment();
  const { mock, credentials } = await startOtp({ script: scriptUpTo(reached) });
  const submitted = credentials.submitOtp(challenge, code, { signal: controller.signal });
  await reached.comes;
  controller.abort(reason);
  await expect(submitted).rejects.toBe(reason);
  expect(await mock.conversations[0]?.closed).toBe(1000);
  expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
});

test("an abort while a person types the first code rejects with the caller's reason", async () => {
  const controller = new AbortController();
  const { sockets, credentials } = await startOtp();
  const asked = new Moment();
  const created = credentials.create(input, {
    signal: controller.signal,
    onOtp: () => {
      asked.reached();
      return new Promise(() => {});
    },
  });
  await asked.comes;
  controller.abort(reason);
  await expect(created).rejects.toBe(reason);
  expect(sockets).toHaveLength(0);
  expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
});

test("an abort while a person types the next code rejects with the caller's reason", async () => {
  const controller = new AbortController();
  const { mock, credentials } = await startOtp();
  const askedAgain = new Moment();
  const created = credentials.create(input, {
    signal: controller.signal,
    onOtp: (_challenge, { attempt }) => {
      if (attempt === 1) return "wrong";
      askedAgain.reached();
      return new Promise(() => {});
    },
  });
  await askedAgain.comes;
  controller.abort(reason);
  await expect(created).rejects.toBe(reason);
  expect(await mock.conversations[0]?.closed).toBe(1000);
  expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
});

test("an abort reason that is not an error comes out as it is", async () => {
  const controller = new AbortController();
  const reached = new Moment();
  const { credentials } = await startOtp({
    script: async (conversation) => {
      await conversation.nextCode();
      reached.reached();
    },
  });
  const submitted = credentials.submitOtp(challenge, code, { signal: controller.signal });
  await reached.comes;
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
