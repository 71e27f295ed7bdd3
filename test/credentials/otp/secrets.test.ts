import { inspect } from "node:util";
import { type OtpPrompt, RolloutError } from "rollout-client";
import { expect, test } from "vitest";
import { rejection } from "../../support/rejection.ts";
import { accepted, challenge, code, input, type OtpScript, refused, rejected, startOtp } from "./otp-server.ts";

const { apiKey } = input.userInputs;
const secrets = [code, apiKey, challenge.titleHTML, challenge.messageHTML, "title-as-html", "message-as-html"];

/** Everything of a value that a log or a debugger could show, its causes included. */
const everythingOf = (value: unknown) =>
  inspect(value, { depth: Infinity, showHidden: true, getters: true }) + JSON.stringify(value);

const echo = `${code} is wrong for ${apiKey}`;

/** Servers that send back what they were sent, each in another place. */
test.each<[string, OtpScript]>([
  ["a rejection", { replies: [[rejected(echo)]] }],
  [
    "the path of a reason",
    { replies: [[{ event: "OTP_RESULT", ok: false, errors: [{ message: "Wrong.", path: `otp.${code}` }] }]] },
  ],
  ["a refused credential", { replies: [[accepted, refused(echo, `<b>${code}</b>`)]] }],
  ["a frame that is not JSON", { replies: [[echo]] }],
  ["a wrong shape", { replies: [[{ event: "CREDENTIAL", ok: true, credential: code }]] }],
])("what was sent and the challenge's HTML are in no error, prompt or log line: %s", async (_case, script) => {
  const lines: unknown[] = [];
  const log = (...line: unknown[]): void => void lines.push(line);
  const { credentials } = await startOtp(script, { logger: { debug: log, warn: log } });
  const prompts: OtpPrompt[] = [];
  const onOtp = (_challenge: unknown, prompt: OtpPrompt) => {
    prompts.push(prompt);
    return [code, undefined][prompt.attempt - 1];
  };
  const error = await rejection(credentials.create(input, { onOtp }), RolloutError);
  const shown = everythingOf([error, prompts, lines]);
  for (const secret of secrets) expect(shown).not.toContain(secret);
  expect(lines.length).toBeGreaterThan(0);
});
