import { describe, expect, test } from "vitest";
import { type OtpConversation, type OtpScript, otpEvents } from "../../support/otp-mock.mjs";
import { challenge, code, otpErrorOf, startOtp } from "./setup.ts";

type Ending = (conversation: OtpConversation) => void;

const endings: [string, Ending][] = [
  ["closes", (conversation) => conversation.close(1000)],
  ["closes with a code of failure", (conversation) => conversation.close(1011)],
  ["drops the connection", (conversation) => conversation.terminate()],
];

/** The moments at which a server can leave: the script up to there. */
const moments: [string, OtpScript][] = [
  ["before a code has come", () => {}],
  ["when a code has come", async (conversation) => void (await conversation.nextCode())],
  [
    "after it accepted the code",
    async (conversation) => {
      await conversation.nextCode();
      conversation.send(otpEvents.codeAccepted());
    },
  ],
];

describe.each(moments)("when the server leaves %s", (_moment, upTo) => {
  test.each(endings)("and %s, the challenge is over", async (_ending, leave) => {
    const { credentials } = await startOtp({
      script: async (conversation) => {
        await upTo(conversation);
        leave(conversation);
      },
    });
    const error = await otpErrorOf(credentials.submitOtp(challenge, code));
    expect(error).toMatchObject({ code: "otp_failed", errors: [], otpChallengeId: challenge.otpChallengeId });
    expect(error.message).toMatch(/connection was closed/);
  });
});

test.each(endings)("a server that %s after the credential has done its work", async (_ending, leave) => {
  const { credentials } = await startOtp({
    script: async (conversation) => {
      await conversation.nextCode();
      conversation.send(otpEvents.codeAccepted());
      conversation.send(otpEvents.credentialCreated("cred_1"));
      leave(conversation);
    },
  });
  expect(await credentials.submitOtp(challenge, code)).toEqual({ id: "cred_1" });
});

test.each([401, 404, 503])("an answer %i instead of the upgrade is otp_failed, with the cause", async (status) => {
  const { credentials } = await startOtp({ handshake: status });
  const error = await otpErrorOf(credentials.submitOtp(challenge, code));
  expect(error.code).toBe("otp_failed");
  expect(String(error.cause)).toContain(String(status));
});

test("a server that is not there is otp_failed, with the cause", async () => {
  const { mock, credentials } = await startOtp();
  await mock.stop();
  const error = await otpErrorOf(credentials.submitOtp(challenge, code));
  expect(error.code).toBe("otp_failed");
  expect(error.cause).toMatchObject({ code: "ECONNREFUSED" });
});

const garbage: [string, string | Uint8Array][] = [
  ["nothing", ""],
  ["text", "OK"],
  ["half of a JSON object", '{"event":"OTP_RESULT"'],
  ["null", "null"],
  ["a number", "7"],
  ["a string", '"OTP_RESULT"'],
  ["an array", '[{"event":"OTP_RESULT","ok":true}]'],
  ["an object without an event", '{"ok":true}'],
  ["an event that is no string", '{"event":1,"ok":true}'],
  ["a binary frame", new TextEncoder().encode('{"event":"OTP_RESULT","ok":true}')],
  ["a result without ok", '{"event":"OTP_RESULT"}'],
  ["a result whose ok is no boolean", '{"event":"OTP_RESULT","ok":"true"}'],
  ["a credential without ok", '{"event":"CREDENTIAL","credential":{"id":"c"}}'],
  ["a credential event without a credential", '{"event":"CREDENTIAL","ok":true}'],
  ["a credential that is null", '{"event":"CREDENTIAL","ok":true,"credential":null}'],
  ["a credential without an id", '{"event":"CREDENTIAL","ok":true,"credential":{}}'],
  ["a credential whose id is a number", '{"event":"CREDENTIAL","ok":true,"credential":{"id":7}}'],
];

describe.each(garbage)("%s from the server is otp_failed", (_name, frame) => {
  test("as the answer to a code", async () => {
    const { credentials } = await startOtp({
      script: async (conversation) => {
        await conversation.nextCode();
        conversation.sendRaw(frame);
      },
    });
    const error = await otpErrorOf(credentials.submitOtp(challenge, code));
    expect(error).toMatchObject({ code: "otp_failed", errors: [] });
    expect(error.message).toMatch(/not of the protocol/);
  });

  test("after an accepted code", async () => {
    const { credentials } = await startOtp({
      script: async (conversation) => {
        await conversation.nextCode();
        conversation.send(otpEvents.codeAccepted());
        conversation.sendRaw(frame);
      },
    });
    expect(await otpErrorOf(credentials.submitOtp(challenge, code))).toMatchObject({ code: "otp_failed", errors: [] });
  });
});

const refusals: [string, unknown][] = [
  ["no errors", undefined],
  ["null for errors", null],
  ["a string for errors", "wrong"],
  ["errors without messages", [{}, null, 7]],
];

test.each(refusals)("a refusal with %s is a refusal all the same", async (_name, errors) => {
  const { credentials } = await startOtp({
    script: async (conversation) => {
      await conversation.nextCode();
      conversation.send({ event: "OTP_RESULT", ok: false, errors });
    },
  });
  expect(await otpErrorOf(credentials.submitOtp(challenge, code))).toMatchObject({ code: "otp_rejected", errors: [] });
});

describe("a server that says nothing for longer than `timeout` is otp_failed", () => {
  const timeout = 50;

  test("instead of the upgrade", async () => {
    const { credentials } = await startOtp({ handshake: "hang" });
    const error = await otpErrorOf(credentials.submitOtp(challenge, code, { timeout }));
    expect(error).toMatchObject({ code: "otp_failed", errors: [] });
    expect(error.message).toContain("no complete response within 50 ms");
  });

  test.each(moments)("%s", async (_moment, script) => {
    const { credentials } = await startOtp({ script, timeout });
    const error = await otpErrorOf(credentials.submitOtp(challenge, code));
    expect(error).toMatchObject({ code: "otp_failed", errors: [] });
    expect(error.message).toContain("no complete response within 50 ms");
  });

  test("and unknown events do not count as an answer", async () => {
    const { credentials } = await startOtp({
      timeout,
      script: async (conversation) => {
        await conversation.nextCode();
        conversation.send({ event: "PROGRESS" });
      },
    });
    expect(await otpErrorOf(credentials.submitOtp(challenge, code))).toMatchObject({ code: "otp_failed" });
  });
});

describe("whether the credential may exist after a failure", () => {
  const refused = { event: "CREDENTIAL", ok: false, errors: [{ message: "no" }] };
  const failures: [string, boolean, (conversation: OtpConversation) => Promise<void>][] = [
    [
      "with a code that the server has not answered",
      true,
      async (conversation) => {
        await conversation.nextCode();
      },
    ],
    [
      "after an accepted code",
      true,
      async (conversation) => {
        await conversation.nextCode();
        conversation.send(otpEvents.codeAccepted());
      },
    ],
    [
      "after the server's word that there is none",
      false,
      async (conversation) => {
        await conversation.nextCode();
        conversation.send(otpEvents.codeAccepted());
        conversation.send(refused);
      },
    ],
  ];

  test.each(failures)("%s: %j", async (_moment, mayHaveSucceeded, upTo) => {
    const { credentials } = await startOtp({
      script: async (conversation) => {
        await upTo(conversation);
        conversation.close();
      },
    });
    const error = await otpErrorOf(credentials.submitOtp(challenge, code));
    expect(error).toMatchObject({ code: "otp_failed", mayHaveSucceeded });
    expect(error.message.includes("check before you create another")).toBe(mayHaveSucceeded);
  });

  test("not where no connection was made", async () => {
    const { credentials } = await startOtp({ handshake: 503 });
    const error = await otpErrorOf(credentials.submitOtp(challenge, code));
    expect(error).toMatchObject({ code: "otp_failed", mayHaveSucceeded: false });
  });

  test("not after a refused code", async () => {
    const { credentials } = await startOtp({
      script: async (conversation) => {
        await conversation.nextCode();
        conversation.send(otpEvents.codeRejected("wrong"));
      },
    });
    const error = await otpErrorOf(credentials.submitOtp(challenge, code));
    expect(error).toMatchObject({ code: "otp_rejected", mayHaveSucceeded: false });
  });
});
