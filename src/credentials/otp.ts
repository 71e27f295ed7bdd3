import { DeadlineExceeded, withDeadline } from "../call/deadline.ts";
import type { Credential, OtpChallenge } from "../document-types.ts";
import { errorListOf, sentenceOf } from "../errors/call-errors.ts";
import { invalidConfig, invalidInput, RolloutOtpError } from "../errors/errors.ts";
import { createRedact, type Redact, redactCause } from "../errors/redact.ts";
import { packageVersion } from "../generated/document.ts";
import type { Settings } from "../options.ts";
import { isPathSegment, isText, memberOf, parseJson } from "../values.ts";

/** The events of a `WebSocket` that the exchange listens for. */
export interface WebSocketEvents {
  /** The connection is open. */
  open: object;
  /** A frame arrived. */
  message: { /** A string for a text frame. */ readonly data: unknown };
  /** The connection has ended. */
  close: { /** The code of RFC 6455, section 7.4. */ readonly code: number };
  /** The connection failed. The event of the package `ws` carries the reason as `error`. */
  error: object;
}

type Listen = <Type extends keyof WebSocketEvents>(type: Type, call: (event: WebSocketEvents[Type]) => void) => void;

/** The part of a `WebSocket` that one-time passwords use. */
export interface WebSocketConnection {
  /** 0 while it connects, 1 when it is open, 2 while it closes, 3 when it is closed. */
  readonly readyState: number;
  /** Sends a text frame. */
  send(data: string): void;
  /** Closes the connection, with a code of RFC 6455, section 7.4. */
  close(code?: number): void;
  /** Adds a listener. */
  addEventListener: Listen;
  /** Removes a listener. */
  removeEventListener: Listen;
}

/** A `WebSocket` class: the platform's, or that of the package `ws`. */
export type WebSocketConstructor = new (url: string) => WebSocketConnection;

/** Which code is asked for. */
export interface OtpPrompt {
  /** 1 for the first code, one more after each that was rejected. */
  readonly attempt: number;
  /** The error of the code that was rejected last, with the server's reasons. `undefined` for the first code. */
  readonly rejected: RolloutOtpError | undefined;
}

const MAY_EXIST = "A code was sent, so the credential may exist: check before you create another.";
const MAY_BE_OPEN = "Try this challenge again, or create the credential again to get a new one.";
const IS_OVER = "The challenge is over: create the credential again to get a new one.";
const MAX_EMPTY_CODES = 100; // Ends an `onOtp` that returns one without asking anybody.

/**
 * Submits codes over a WebSocket until the server accepts one, then waits for the credential. The first code is asked for before
 * the connection is made. A person may take as long as they like: `timeout` is for each wait for the server.
 *
 * @param ask - returns the next code, or `undefined` or `null` to cancel. What it throws is thrown unchanged.
 * @param redact - replaces the secrets of the call that brought the challenge
 */
export async function runOtpExchange(
  otpChallengeId: string,
  ask: (prompt: OtpPrompt) => unknown,
  { baseUrl, signal, timeout }: Settings,
  webSocket: WebSocketConstructor,
  redact: Redact = (text) => text,
): Promise<Credential> {
  if (!isPathSegment(otpChallengeId)) throw invalidInput("challenge", "must be a challenge, or its otpChallengeId");
  const base = baseUrl.replace(/^http/, "ws").replace(/\/$/, "");
  const url = `${base}/auth/otp/${encodeURIComponent(otpChallengeId)}?rolloutUserAgent=rollout-client@${packageVersion}`;
  const socket = new OtpSocket();
  const codes: string[] = [];
  let rejected: RolloutOtpError | undefined;
  let isOver = false;

  const error = (
    code: RolloutOtpError["code"],
    problem: string,
    advice: string,
    reasons?: unknown,
    cause?: unknown,
  ) => {
    const redactAll: Redact = (text) => createRedact(() => [otpChallengeId, ...codes])(redact(text));
    const errors = errorListOf(reasons, redactAll);
    const message = `One-time password: ${problem}${sentenceOf(errors)} ${advice}`;
    const fields = { code, errors, mayHaveSucceeded: socket.holdsCode };
    return new RolloutOtpError(
      message,
      fields,
      otpChallengeId,
      cause === undefined ? cause : redactCause(cause, redactAll),
    );
  };
  const nextCode = async (): Promise<string> => {
    for (let empty = 0; empty < MAX_EMPTY_CODES && !isOver; empty += 1) {
      const entered = await ask({ attempt: codes.length + 1, rejected });
      if (entered === undefined || entered === null) break;
      const code = withoutWhiteSpace(entered);
      if (code === "") continue;
      codes.push(code);
      return code;
    }
    throw error("otp_cancelled", "no code was given", MAY_BE_OPEN);
  };

  try {
    for (;;) {
      // What `ask` throws at once counts, even if the server has closed the connection after its last frame.
      const code = await withDeadline(signal, undefined, () => Promise.race([nextCode(), socket.credential]));
      if (typeof code !== "string") return code;
      if (rejected === undefined) await withDeadline(signal, timeout, () => socket.connect(url, webSocket));
      const result = await withDeadline(signal, timeout, () => socket.submit(code));
      if ("id" in result) return result;
      // One deadline, however often the server repeats that it accepts the code.
      if (result.isAccepted) return await withDeadline(signal, timeout, () => socket.credential);
      rejected = error("otp_rejected", "the code was rejected", "Another code may be tried.", result.errors);
    }
  } catch (failure) {
    if (failure instanceof Refusal) throw error("otp_failed", failure.message, IS_OVER, failure.cause);
    // An abort, or what `ask` threw.
    if (!(failure instanceof DeadlineExceeded || failure instanceof ConnectionFailure)) throw failure;
    const problem = `${failure.message} (${new URL(url).origin})`;
    throw error("otp_failed", problem, socket.holdsCode ? MAY_EXIST : MAY_BE_OPEN, [], failure.cause);
  } finally {
    isOver = true;
    socket.close();
  }
}

/** Submits one code. A rejection of it is thrown. */
export async function submitCode(
  challenge: Pick<OtpChallenge, "otpChallengeId"> | string,
  code: string,
  settings: Settings,
  webSocket: WebSocketConstructor,
): Promise<Credential> {
  if (withoutWhiteSpace(code) === "") throw invalidInput("code", "must not be empty");
  const ask = ({ rejected }: OtpPrompt): string => {
    if (rejected !== undefined) throw rejected;
    return code;
  };
  return runOtpExchange(
    typeof challenge === "string" ? challenge : challenge?.otpChallengeId,
    ask,
    settings,
    webSocket,
  );
}

/** The platform's own `WebSocket`. Throws {@link RolloutConfigError} where there is none. */
export function platformWebSocket(): WebSocketConstructor {
  const found: WebSocketConstructor | undefined = Reflect.get(globalThis, "WebSocket");
  if (found !== undefined) return found;
  const remedy = "Pass the WebSocket of the package ws, or use Node 22 or newer";
  throw invalidConfig("webSocket", `is missing: this platform has none. ${remedy}`);
}

/** A code as a person reads or copies it may have spaces: "123 456". */
function withoutWhiteSpace(code: unknown): string {
  if (typeof code === "string") return code.replace(/\s/g, "");
  throw invalidInput("code", "must be a string");
}

/** What the server says of a code, with the reasons for a rejection. */
interface CodeResult {
  readonly isAccepted: boolean;
  readonly errors: unknown;
}

/** Why the connection is of no more use. */
class ConnectionFailure extends Error {}
/** The server creates no credential. Its reasons are the cause. */
class Refusal extends Error {}

const EVENTS = ["open", "message", "error", "close"] as const;
const CLOSING = 2;
const NORMAL_CLOSURE = 1000;
const MAX_CLOSING_MILLISECONDS = 1_000;
const MAX_FRAME_LENGTH = 65_536;

/** A connection that keeps no frames: a `CREDENTIAL` ends the exchange, a result that nobody waits for is dropped. */
class OtpSocket {
  /** Whether the server holds a code that it has not rejected. */
  holdsCode = false;
  #isAccepted = false;
  #socket: WebSocketConnection | undefined;
  #handleOpen = (): void => {};
  #handleResult: (result: CodeResult) => void = () => {};
  #conclude: (credential: Credential) => void = () => {};
  #reject: (failure: Error) => void = () => {};
  #closingTimer: ReturnType<typeof setTimeout> | undefined;
  /** The credential. Rejects with a {@link Refusal} or a {@link ConnectionFailure}. */
  readonly credential: Promise<Credential> = new Promise((resolve, reject) => {
    this.#conclude = resolve;
    this.#reject = reject;
  });
  readonly #listeners = {
    open: () => this.#handleOpen(),
    message: (event: object) => this.#handleMessage(memberOf(event, "data")),
    // Browsers hide the reason. The package `ws` passes it.
    error: (event: object) => this.#fail("the connection failed", memberOf(event, "error")),
    close: (event: object) => this.#handleClose(memberOf(event, "code")),
  };

  /** Resolves when the connection is open, or settles as `credential` does. */
  async connect(url: string, webSocket: WebSocketConstructor): Promise<unknown> {
    const opened = new Promise<void>((resolve) => {
      this.#handleOpen = resolve;
    });
    try {
      this.#socket = new webSocket(url);
      for (const type of EVENTS) this.#socket.addEventListener(type, this.#listeners[type]);
    } catch (cause) {
      this.#fail("the connection could not be made", cause);
    }
    return Promise.race([opened, this.credential]);
  }

  /** Sends a code. Resolves to its result, or settles as `credential` does. */
  async submit(code: string): Promise<CodeResult | Credential> {
    const result = new Promise<CodeResult>((resolve) => {
      this.#handleResult = resolve;
    });
    // A WebSocket that is closing or closed silently discards what it is given.
    if (this.#socket === undefined || this.#socket.readyState >= CLOSING) return this.credential;
    try {
      this.holdsCode = true;
      this.#socket.send(JSON.stringify({ event: "ENTER_OTP", otp: code }));
    } catch (cause) {
      this.holdsCode = false;
      this.#fail("the code could not be sent", cause);
    }
    return Promise.race([this.credential, result]);
  }

  /** Ends the connection, and ignores what the WebSocket throws. */
  close(): void {
    const socket = this.#socket;
    // The package `ws` would wait 30 s for a server that does not close it too. Other implementations cannot be cut off.
    const terminate = memberOf(socket, "terminate");
    if (typeof terminate === "function")
      this.#closingTimer = setTimeout(ignoreErrors, MAX_CLOSING_MILLISECONDS, () => terminate.call(socket));
    ignoreErrors(() => socket?.close(NORMAL_CLOSURE));
  }

  #fail(problem: string, cause?: unknown): void {
    this.#reject(new ConnectionFailure(problem, { cause }));
  }

  // The listeners stay until then: `ws` emits an error when it is closed while connecting, which would end the process.
  #handleClose(code: unknown): void {
    this.#fail(`the connection was closed (code ${code})`);
    clearTimeout(this.#closingTimer);
    const socket = this.#socket;
    for (const type of EVENTS) ignoreErrors(() => socket?.removeEventListener(type, this.#listeners[type]));
    this.#socket = undefined;
  }

  #handleMessage(data: unknown): void {
    const frame = typeof data === "string" && data.length <= MAX_FRAME_LENGTH ? parseJson(data) : undefined;
    const event = memberOf(frame, "event");
    const ok = memberOf(frame, "ok");
    const id = memberOf(memberOf(frame, "credential"), "id");
    const errors = memberOf(frame, "errors");
    if (event === "CREDENTIAL" && ok === true && isText(id)) {
      this.#conclude({ id });
    } else if (event === "CREDENTIAL" && ok === false) {
      this.holdsCode = false;
      this.#reject(new Refusal("the credential could not be created", { cause: errors }));
    } else if (event === "OTP_RESULT" && ok === true) {
      this.#isAccepted = this.holdsCode;
      this.#handleResult({ isAccepted: true, errors });
    } else if (event === "OTP_RESULT" && ok === false && this.#isAccepted) {
      this.#fail("the server rejected a code that it had accepted");
    } else if (event === "OTP_RESULT" && ok === false) {
      this.holdsCode = false;
      this.#handleResult({ isAccepted: false, errors });
    } else if (typeof event !== "string" || event === "OTP_RESULT" || event === "CREDENTIAL") {
      this.#fail("the server sent a message that is not part of the protocol");
    }
  }
}

function ignoreErrors(action: () => void): void {
  try {
    action();
  } catch {}
}
