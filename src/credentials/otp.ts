import { DeadlineExceeded, withDeadline } from "../call/deadline.ts";
import type { Credential } from "../document-types.ts";
import { checkText } from "../errors/checks.ts";
import { type ErrorDetail, RolloutConfigError, RolloutOtpError } from "../errors/classes.ts";
import { sentenceOf } from "../errors/reasons.ts";
import { createRedact, type Redact, redactCause } from "../errors/redact.ts";
import { packageVersion } from "../generated/document.ts";
import { OtpSocket, OtpSocketFailure, type WebSocketConstructor } from "./otp-socket.ts";

/** Which code is asked for. */
export interface OtpPrompt {
  /** 1 for the first code, one more after each that was rejected. */
  readonly attempt: number;
  /** The error of the code that was rejected last, with the server's reasons. `undefined` for the first code. */
  readonly rejected: RolloutOtpError | undefined;
}

/** Returns the next code, or `undefined` to stop. */
export type AskForCode = (prompt: OtpPrompt) => string | undefined | Promise<string | undefined>;

/** What a conversation needs beside the challenge. */
export interface OtpSettings {
  readonly baseUrl: string;
  readonly webSocket: WebSocketConstructor;
  readonly signal: AbortSignal | undefined;
  readonly timeout: number;
  /** Replaces the secrets of the call that brought the challenge. */
  readonly redact: Redact;
}

/**
 * Holds the one-time-password conversation over a WebSocket: sends codes until the server accepts one, then waits for the
 * credential. The first code is asked for before the connection is made. The time that a person takes has no limit.
 */
export async function converse(otpChallengeId: string, ask: AskForCode, settings: OtpSettings): Promise<Credential> {
  const url = conversationUrl(otpChallengeId, settings.baseUrl);
  return new Conversation(otpChallengeId, ask, settings).hold(url);
}

function conversationUrl(otpChallengeId: unknown, baseUrl: string): string {
  if (typeof otpChallengeId !== "string" || /^\.{0,2}$|\p{Surrogate}/u.test(otpChallengeId)) {
    throw new RolloutConfigError("challenge", "must be a challenge, or its otpChallengeId");
  }
  const base = baseUrl.replace(/^http/, "ws").replace(/\/$/, "");
  return `${base}/auth/otp/${encodeURIComponent(otpChallengeId)}?rolloutUserAgent=rollout-client@${packageVersion}`;
}

class Conversation {
  readonly #otpChallengeId: string;
  readonly #ask: AskForCode;
  readonly #settings: OtpSettings;
  readonly #codes: string[] = [];
  #rejected: RolloutOtpError | undefined;
  #accepted = false;
  // The server has a code that it has neither rejected nor answered with a failed credential.
  #mayHaveSucceeded = false;

  constructor(otpChallengeId: string, ask: AskForCode, settings: OtpSettings) {
    this.#otpChallengeId = otpChallengeId;
    this.#ask = ask;
    this.#settings = settings;
  }

  async hold(url: string): Promise<Credential> {
    const firstCode = await this.#untilAborted(() => this.#nextCode());
    let socket: OtpSocket | undefined;
    let abrupt = true;
    try {
      socket = new OtpSocket(url, this.#settings.webSocket);
      const credential = await this.#converse(socket, firstCode);
      abrupt = false;
      return credential;
    } catch (cause) {
      throw this.#outcome(cause);
    } finally {
      socket?.dispose(abrupt);
    }
  }

  async #converse(socket: OtpSocket, firstCode: string): Promise<Credential> {
    await this.#inTime(() => Promise.race([socket.opened, socket.failed]));
    for (let code = firstCode; ; ) {
      socket.sendCode(code);
      this.#mayHaveSucceeded = true;
      const credential = await this.#responseToCode(socket);
      if (credential !== undefined) return credential;
      code = await this.#untilAborted(() => Promise.race([this.#nextCode(), socket.failed]));
    }
  }

  /** The credential after an accepted code, or `undefined` after a rejected one. */
  async #responseToCode(socket: OtpSocket): Promise<Credential | undefined> {
    for (;;) {
      const frame = await this.#inTime(() => socket.nextFrame());
      if (frame.event === "CREDENTIAL") {
        if (frame.ok) return { id: frame.id };
        this.#mayHaveSucceeded = false;
        throw this.#error("otp_failed", "the credential could not be created", frame.errors);
      }
      if (frame.ok) this.#accepted = true;
      else if (this.#accepted) throw new OtpSocketFailure("the server rejected a code that it had accepted");
      else {
        this.#mayHaveSucceeded = false;
        this.#rejected = this.#error("otp_rejected", "the code was rejected", frame.errors);
        return undefined;
      }
    }
  }

  async #nextCode(): Promise<string> {
    const rejected = this.#rejected;
    const code = await this.#ask({ attempt: this.#codes.length + 1, rejected });
    if (code === undefined) throw rejected ?? this.#error("otp_rejected", "no code was given", []);
    this.#codes.push(checkText("code", code));
    return code;
  }

  #inTime<Result>(work: () => Promise<Result>): Promise<Result> {
    return withDeadline(this.#settings.signal, this.#settings.timeout, work);
  }

  #untilAborted<Result>(work: () => Promise<Result>): Promise<Result> {
    return withDeadline(this.#settings.signal, undefined, work);
  }

  /** What the call rejects with: connection failures become errors of this package, everything else is the caller's own. */
  #outcome(cause: unknown): unknown {
    if (cause instanceof DeadlineExceeded) return this.#error("otp_failed", cause.message, [], cause);
    if (cause instanceof OtpSocketFailure) return this.#error("otp_failed", cause.message, [], cause.cause);
    return cause;
  }

  #error(
    code: "otp_rejected" | "otp_failed",
    problem: string,
    errors: readonly ErrorDetail[],
    cause?: unknown,
  ): RolloutOtpError {
    const redactCodes = createRedact(() => this.#codes);
    const redact: Redact = (text) => redactCodes(this.#settings.redact(text));
    const mayHaveSucceeded = this.#mayHaveSucceeded;
    const shown = errors.map((detail) => ({ ...detail, message: redact(detail.message) }));
    const advice =
      code === "otp_rejected"
        ? "Another code may be tried."
        : mayHaveSucceeded
          ? "A code was sent, so the credential may exist: check before you create another."
          : "The challenge is over: create the credential again to get a new one.";
    return new RolloutOtpError(
      code,
      `One-time password: ${problem}${sentenceOf(shown)} ${advice}`,
      { otpChallengeId: this.#otpChallengeId, errors: shown, mayHaveSucceeded },
      cause === undefined ? undefined : redactCause(cause, redact),
    );
  }
}
