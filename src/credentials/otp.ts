import { DeadlineExceeded, withDeadline } from "../call/deadline.ts";
import type { Credential } from "../document-types.ts";
import { checkText } from "../errors/checks.ts";
import { RolloutConfigError } from "../errors/classes.ts";
import { RolloutOtpError } from "../errors/otp-error.ts";
import { sentenceOf } from "../errors/reasons.ts";
import { createRedact, type Redact, redactCause } from "../errors/redact.ts";
import type { ErrorDetail } from "../errors/rollout-error.ts";
import { packageVersion } from "../generated/document.ts";
import { isPathSegment } from "../values/path-segment.ts";
import { OtpSocketFailure, openOtpSocket, type WebSocketConstructor } from "./otp-socket.ts";

/** Which code is asked for. */
export interface OtpPrompt {
  /** 1 for the first code, one more after each that was rejected. */
  readonly attempt: number;
  /** The error of the code that was rejected last, with the server's reasons. `undefined` for the first code. */
  readonly rejected: RolloutOtpError | undefined;
}

/** Returns the next code, or `undefined` to stop. */
export type AskForCode = (prompt: OtpPrompt) => string | undefined | Promise<string | undefined>;

/** What a conversation needs in addition to the challenge. */
export interface OtpSettings {
  readonly baseUrl: string;
  readonly webSocket: WebSocketConstructor;
  readonly signal: AbortSignal | undefined;
  readonly timeout: number;
  /** Replaces the secrets of the call that brought the challenge. */
  readonly redact: Redact;
}

const MAY_EXIST = "A code was sent, so the credential may exist: check before you create another.";
const MAY_BE_OPEN = "Try this challenge again, or create the credential again to get a new one.";
const IS_OVER = "The challenge is over: create the credential again to get a new one.";

/**
 * Runs the one-time-password conversation over a WebSocket: sends codes until the server accepts one, then waits for the
 * credential. The first code is asked for before the connection is made. A person may take as long as they like.
 */
export async function runOtpConversation(
  otpChallengeId: string,
  ask: AskForCode,
  settings: OtpSettings,
): Promise<Credential> {
  const url = conversationUrl(otpChallengeId, settings.baseUrl);
  const { signal, timeout } = settings;
  const codes: string[] = [];
  let rejected: RolloutOtpError | undefined;
  // Whether the server holds a code that it has not rejected.
  let mayHaveSucceeded = false;

  const failure = (problem: string, advice: string, errors: readonly ErrorDetail[] = []): RolloutOtpError =>
    otpError("otp_failed", problem, errors, advice);
  const connectionFailure = (problem: string, cause: unknown): RolloutOtpError =>
    otpError("otp_failed", problem, [], mayHaveSucceeded ? MAY_EXIST : MAY_BE_OPEN, cause);
  const rejection = (problem: string, errors: readonly ErrorDetail[] = []): RolloutOtpError =>
    otpError("otp_rejected", problem, errors, "Another code may be tried.");
  const otpError = (
    code: "otp_rejected" | "otp_failed",
    problem: string,
    errors: readonly ErrorDetail[],
    advice: string,
    cause?: unknown,
  ): RolloutOtpError => {
    const redactCodes = createRedact(() => [...codes, otpChallengeId]);
    const redact: Redact = (text) => redactCodes(settings.redact(text));
    const shown = errors.map(({ message, path }) => ({
      message: redact(message),
      ...(path === undefined ? {} : { path: redact(path) }),
    }));
    const message = `One-time password: ${problem}${sentenceOf(shown)} ${advice}`;
    const details = { otpChallengeId, errors: shown, mayHaveSucceeded };
    return new RolloutOtpError(code, message, details, cause === undefined ? undefined : redactCause(cause, redact));
  };
  const nextCode = async (): Promise<string> => {
    const code = await ask({ attempt: codes.length + 1, rejected });
    if (code === undefined) throw rejected ?? rejection("no code was given");
    codes.push(checkText("code", code));
    return code;
  };

  let code = await withDeadline(signal, undefined, nextCode);
  let close: ((abrupt: boolean) => void) | undefined;
  let abrupt = true;
  let accepted = false;
  try {
    signal?.throwIfAborted();
    const socket = openOtpSocket(url, settings.webSocket);
    close = socket.dispose;
    await withDeadline(signal, timeout, () => socket.opened);
    await withDeadline(signal, timeout, () => socket.sendCode(code));
    mayHaveSucceeded = true;
    for (;;) {
      const frame = await withDeadline(signal, timeout, () => socket.nextFrame());
      if (frame.ok && frame.event === "CREDENTIAL") {
        abrupt = false;
        return { id: frame.id };
      }
      if (frame.ok) {
        accepted = true;
        continue;
      }
      if (frame.event === "OTP_RESULT" && accepted)
        throw failure("the server rejected a code that it had accepted", MAY_EXIST);
      mayHaveSucceeded = false;
      if (frame.event === "CREDENTIAL") throw failure("the credential could not be created", IS_OVER, frame.errors);
      rejected = rejection("the code was rejected", frame.errors);
      code = await withDeadline(signal, undefined, () => Promise.race([nextCode(), socket.failed]));
      await withDeadline(signal, timeout, () => socket.sendCode(code));
      mayHaveSucceeded = true;
    }
  } catch (cause) {
    if (cause instanceof DeadlineExceeded) throw connectionFailure(cause.message, cause);
    if (cause instanceof OtpSocketFailure) throw connectionFailure(cause.message, cause.cause);
    // An abort, or what `ask` threw.
    throw cause;
  } finally {
    close?.(abrupt);
  }
}

function conversationUrl(otpChallengeId: unknown, baseUrl: string): string {
  if (!isPathSegment(otpChallengeId)) {
    throw new RolloutConfigError("challenge", "must be a challenge, or its otpChallengeId");
  }
  const base = baseUrl.replace(/^http/, "ws").replace(/\/$/, "");
  return `${base}/auth/otp/${encodeURIComponent(otpChallengeId)}?rolloutUserAgent=rollout-client@${packageVersion}`;
}
