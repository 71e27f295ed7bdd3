import { inspect } from "node:util";
import { RolloutError } from "rollout-client";
import { expect, test } from "vitest";
import { otpEvents } from "../../support/otp-mock.mjs";
import { challenge, code, input, type OtpOptions, startOtp } from "./setup.ts";

const secrets = [code, challenge.titleHTML, challenge.messageHTML, "title-as-html", "message-as-html"];

/** Everything of an error that a log or a debugger could show. */
function everythingOf(error: unknown): string {
  const parts = [
    inspect(error, { depth: Infinity, showHidden: true, getters: true }),
    JSON.stringify(error),
    String(error),
  ];
  for (let cause = error; cause instanceof Error; cause = cause.cause) parts.push(cause.message, cause.stack ?? "");
  return parts.join("\n");
}

/** Servers that give the code back, each in another place. */
const echoes: [string, OtpOptions][] = [
  ["a refusal", { script: async (c) => c.send(otpEvents.codeRejected(`${await c.nextCode()} is wrong`)) }],
  [
    "a refused credential",
    {
      script: async (c) => {
        const entered = await c.nextCode();
        c.send(otpEvents.codeAccepted());
        c.send(otpEvents.credentialRefused(`${entered} did not work`, `<b>${entered}</b>`));
      },
    },
  ],
  ["a frame that is not JSON", { script: async (c) => c.sendRaw(`${await c.nextCode()}`) }],
  ["a frame that breaks off", { script: async (c) => c.sendRaw(`{"event":"OTP_RESULT","otp":"${await c.nextCode()}`) }],
  ["a wrong shape", { script: async (c) => c.send({ event: "CREDENTIAL", ok: true, credential: await c.nextCode() }) }],
  ["the reason of closing", { script: async (c) => c.close(1008, `${await c.nextCode()} is wrong`) }],
  ["nothing at all", { timeout: 50, handshake: "hang" }],
  ["an answer instead of the upgrade", { handshake: 500 }],
];

test.each(echoes)(
  "neither the code nor the challenge's HTML is in an error or a log line: %s",
  async (_where, options) => {
    const lines: unknown[] = [];
    const logger = {
      debug: (...line: unknown[]) => void lines.push(line),
      warn: (...line: unknown[]) => void lines.push(line),
    };
    const { credentials } = await startOtp({ ...options, logger });
    const codes = [code, undefined];
    const call = credentials.create(input, { onOtp: (_challenge, { attempt }) => codes[attempt - 1] });
    const error = await call.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RolloutError);
    const shown = everythingOf(error) + inspect(lines, { depth: Infinity });
    for (const secret of [...secrets, input.userInputs.apiKey]) expect(shown).not.toContain(secret);
    expect(lines.length).toBeGreaterThan(0);
  },
);

test("a code that cannot be sent is in no error", async () => {
  const { credentials } = await startOtp();
  const call = credentials.submitOtp("..", code);
  const error = await call.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(RolloutError);
  expect(everythingOf(error)).not.toContain(code);
});

test("what the create had sent is taken out of the reasons too, and of what onOtp is told", async () => {
  const echo = `the key ${input.userInputs.apiKey} did not work`;
  const told: unknown[] = [];
  const { credentials } = await startOtp({
    script: async (conversation) => {
      await conversation.nextCode();
      conversation.send(otpEvents.codeRejected(echo));
      await conversation.nextCode();
      conversation.send(otpEvents.codeAccepted());
      conversation.send(otpEvents.credentialRefused(echo));
    },
  });
  const onOtp = (_challenge: unknown, { rejected }: { rejected: unknown }) => {
    told.push(rejected);
    return code;
  };
  const failure: unknown = await credentials.create(input, { onOtp }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "otp_failed", errors: [{ message: "the key [redacted] did not work" }] });
  for (const shown of [failure, ...told]) expect(everythingOf(shown)).not.toContain(input.userInputs.apiKey);
});
