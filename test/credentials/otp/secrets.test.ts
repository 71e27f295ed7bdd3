import { inspect } from "node:util";
import { type OtpPrompt, RolloutError } from "rollout-client";
import { expect, test } from "vitest";
import { rejection } from "../../support/rejection.ts";
import { accepted, challenge, code, input, type OtpScript, refused, rejected, startOtp } from "./otp-server.ts";

const secrets = [code, challenge.titleHTML, challenge.messageHTML, "title-as-html", "message-as-html"];

/** Everything of a value that a log or a debugger could show, its causes included. */
const everythingOf = (value: unknown) =>
  inspect(value, { depth: Infinity, showHidden: true, getters: true }) + JSON.stringify(value);

/** Servers that send the code back, each in another place. */
const ECHOES: readonly [string, OtpScript][] = [
  ["a rejection", { replies: [[rejected(`${code} is wrong`)]] }],
  [
    "the path of a reason",
    { replies: [[{ event: "OTP_RESULT", ok: false, errors: [{ message: "Wrong.", path: `otp.${code}` }] }]] },
  ],
  ["a refused credential", { replies: [[accepted, refused(`${code} did not work`, `<b>${code}</b>`)]] }],
  ["a frame that is not JSON", { replies: [[code]] }],
  ["a frame that breaks off", { replies: [[`{"event":"OTP_RESULT","otp":"${code}`]] }],
  ["a wrong shape", { replies: [[{ event: "CREDENTIAL", ok: true, credential: code }]] }],
  ["a closed connection", { replies: [[1008]] }],
];

test.each(ECHOES)(
  "neither the code nor the challenge's HTML is in an error or a log line: %s",
  async (_case, script) => {
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
    for (const secret of [...secrets, input.userInputs.apiKey]) expect(shown).not.toContain(secret);
    expect(lines.length).toBeGreaterThan(0);
  },
);

test("what the create sent is redacted in the server's reasons, and in what onOtp is given", async () => {
  const echo = `the key ${input.userInputs.apiKey} did not work`;
  const shown: unknown[] = [];
  const { credentials } = await startOtp({ replies: [[rejected(echo)], [accepted, refused(echo)]] });
  const onOtp = (_challenge: unknown, { rejected }: { rejected: unknown }) => {
    shown.push(rejected);
    return code;
  };
  const failure = await rejection(credentials.create(input, { onOtp }), RolloutError);
  expect(failure).toMatchObject({ code: "otp_failed", errors: [{ message: "the key [redacted] did not work" }] });
  for (const error of [failure, ...shown]) expect(everythingOf(error)).not.toContain(input.userInputs.apiKey);
});
