import { errorListOf, sentenceOf } from "../call/call-errors.ts";
import { notify } from "../call/log.ts";
import { DeadlineExceeded, withDeadline } from "../deadline.ts";
import type { Credential } from "../document-types.ts";
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
  const socket = createOtpSocket(url, webSocket);
  const codes: string[] = [];
  let rejected: RolloutOtpError | undefined;
  let isOver = false;

  const error = (
    code: RolloutOtpError["code"],
    problem: string,
    advice: string,
    reasons?: unknown,
    cause?: unknown,
  ): RolloutOtpError => {
    const redactCodes = createRedact(() => [otpChallengeId, ...codes]);
    const redactAll: Redact = (text) => redactCodes(redact(text));
    const errors = errorListOf(reasons, redactAll);
    const message = `One-time password: ${problem}${sentenceOf(errors)} ${advice}`;
    const fields = { code, errors, mayHaveSucceeded: socket.holdsCode() };
    return new RolloutOtpError(message, fields, otpChallengeId, cause && redactCause(cause, redactAll));
  };
  const nextCode = async (): Promise<string> => {
    for (let empty = 0; empty < MAX_EMPTY_CODES && !isOver; empty += 1) {
      const entered = await ask({ attempt: codes.length + 1, rejected });
      if (entered === undefined || entered === null) break;
      if (typeof entered !== "string") throw invalidInput("code", "must be a string");
      // A code as a person reads or copies it may have spaces: "123 456".
      const code = entered.replace(/\s/g, "");
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
      if (rejected === undefined) await withDeadline(signal, timeout, socket.connect);
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
    throw error("otp_failed", problem, socket.holdsCode() ? MAY_EXIST : MAY_BE_OPEN, [], failure.cause);
  } finally {
    isOver = true;
    socket.close();
  }
}

/** The class of the option, or the platform's. Throws {@link RolloutConfigError} where there is none. */
export function webSocketOf(option: WebSocketConstructor | undefined): WebSocketConstructor {
  const found: WebSocketConstructor | undefined = option ?? Reflect.get(globalThis, "WebSocket");
  if (found !== undefined) return found;
  const remedy = "Pass the WebSocket of the package ws, or use Node 22 or newer";
  throw invalidConfig("webSocket", `is missing: this platform has none. ${remedy}`);
}

/** What the server says about a code, with the reasons for a rejection. */
interface CodeResult {
  readonly isAccepted: boolean;
  readonly errors?: unknown;
}

/** Why the connection can no longer be used. */
class ConnectionFailure extends Error {}
/** The server creates no credential. Its reasons are the cause. */
class Refusal extends Error {}

const EVENTS = ["open", "message", "error", "close"] as const;
const CLOSING = 2;
const CLOSED = 3;
const NORMAL_CLOSURE = 1000;
const MAX_CLOSING_MILLISECONDS = 1_000;
const MAX_FRAME_LENGTH = 65_536;

/** A connection that keeps no frames: a `CREDENTIAL` ends the exchange, a result that nobody waits for is dropped. */
function createOtpSocket(url: string, webSocket: WebSocketConstructor) {
  /** Rejects with a {@link Refusal} or a {@link ConnectionFailure}. */
  const credential = deferred<Credential>();
  let result = deferred<CodeResult>();
  let socket: WebSocketConnection | undefined;
  let code: "none" | "sent" | "accepted" = "none";
  let closingTimer: ReturnType<typeof setTimeout> | undefined;

  const fail = (problem: string, cause?: unknown): void => credential.reject(new ConnectionFailure(problem, { cause }));
  const listeners = {
    open: () => result.resolve({ isAccepted: false }),
    message: (event: object) => receive(memberOf(event, "data")),
    // Browsers hide the reason. The package `ws` passes it.
    error: (event: object) => fail("the connection failed", memberOf(event, "error")),
    // The listeners stay until then: `ws` emits an error when it is closed while connecting, which would end the process.
    close(event: object) {
      fail(`the connection was closed (code ${memberOf(event, "code")})`);
      release();
    },
  };

  function release(): void {
    clearTimeout(closingTimer);
    for (const type of EVENTS) notify(() => socket?.removeEventListener(type, listeners[type]));
    socket = undefined;
  }

  function receive(data: unknown): void {
    const frame = typeof data === "string" && data.length <= MAX_FRAME_LENGTH ? parseJson(data) : undefined;
    const event = memberOf(frame, "event");
    const ok = memberOf(frame, "ok");
    const id = memberOf(memberOf(frame, "credential"), "id");
    const errors = memberOf(frame, "errors");
    if (event === "CREDENTIAL" && ok === true && isText(id)) {
      credential.resolve({ id });
    } else if (event === "CREDENTIAL" && ok === false) {
      code = "none";
      credential.reject(new Refusal("the credential could not be created", { cause: errors }));
    } else if (event === "OTP_RESULT" && ok === true) {
      if (code === "sent") code = "accepted";
      result.resolve({ isAccepted: true });
    } else if (event === "OTP_RESULT" && ok === false && code !== "accepted") {
      code = "none";
      result.resolve({ isAccepted: false, errors });
    } else if (typeof event !== "string" || event === "OTP_RESULT" || event === "CREDENTIAL") {
      fail("the server sent a message that is not part of the protocol");
    }
  }

  /** Sends something by `action`. Resolves to what the server responds, or settles as `credential` does. */
  async function request(problem: string, action: () => void): Promise<CodeResult | Credential> {
    result = deferred();
    try {
      action();
    } catch (cause) {
      code = "none";
      fail(problem, cause);
    }
    return Promise.race([credential.promise, result.promise]);
  }

  return {
    credential: credential.promise,
    /** Whether the server holds a code that it has not rejected. */
    holdsCode: () => code !== "none",
    connect: () =>
      request("the connection could not be made", () => {
        socket = new webSocket(url);
        for (const type of EVENTS) socket.addEventListener(type, listeners[type]);
      }),
    submit: (otp: string) =>
      request("the code could not be sent", () => {
        // A WebSocket that is closing or closed silently discards what it is given.
        if (socket === undefined || socket.readyState >= CLOSING) return;
        code = "sent";
        socket.send(JSON.stringify({ event: "ENTER_OTP", otp }));
      }),
    /** Ends the connection, whatever the WebSocket throws. */
    close(): void {
      // The package `ws` would wait 30 s for a server that does not close it too. Other implementations cannot be cut off.
      const closing = socket;
      const terminate = memberOf(closing, "terminate");
      if (typeof terminate === "function")
        closingTimer = setTimeout(notify, MAX_CLOSING_MILLISECONDS, () => terminate.call(closing));
      notify(() => closing?.close(NORMAL_CLOSURE));
      // It may have ended without an event.
      if (closing?.readyState === CLOSED) release();
    },
  };
}

/** A promise, with what settles it. */
function deferred<Value>() {
  let resolve: (value: Value) => void = () => {};
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<Value>((...settle) => {
    [resolve, reject] = settle;
  });
  return { promise, resolve, reject };
}
