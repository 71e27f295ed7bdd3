import { ignoreFailure, readOrUndefined } from "../call/guard.ts";
import { RolloutConfigError } from "../errors/classes.ts";
import { errorListOf } from "../errors/reasons.ts";
import type { ErrorDetail } from "../errors/rollout-error.ts";
import { memberOf, parseJson } from "../values/json.ts";

/** The events of a `WebSocket` that the conversation listens for. */
export interface WebSocketEvents {
  /** The connection is open. */
  open: object;
  /** A frame arrived. */
  message: {
    /** A string for a text frame. */
    readonly data: unknown;
  };
  /** The connection has ended. */
  close: {
    /** The code of RFC 6455, section 7.4. */
    readonly code: number;
  };
  /** The connection failed. The event of the package `ws` carries the reason as `error`. */
  error: object;
}

/** The part of a `WebSocket` that the one-time-password conversation uses. */
export interface WebSocketConnection {
  /** 0 while it connects, 1 when it is open, 2 while it closes, 3 when it is closed. */
  readonly readyState: number;
  /** Sends a text frame. */
  send(data: string): void;
  /** Closes the connection, with a code of RFC 6455, section 7.4. */
  close(code?: number): void;
  /** Adds a listener. */
  addEventListener<Type extends keyof WebSocketEvents>(
    type: Type,
    listener: (event: WebSocketEvents[Type]) => void,
  ): void;
  /** Removes a listener. */
  removeEventListener<Type extends keyof WebSocketEvents>(
    type: Type,
    listener: (event: WebSocketEvents[Type]) => void,
  ): void;
}

/** A `WebSocket` class: the platform's, or that of the package `ws`. */
export type WebSocketConstructor = new (url: string) => WebSocketConnection;

/** A frame of the protocol. */
export type OtpFrame =
  | { readonly event: "OTP_RESULT"; readonly ok: true }
  | { readonly event: "CREDENTIAL"; readonly ok: true; readonly id: string }
  | { readonly event: "OTP_RESULT" | "CREDENTIAL"; readonly ok: false; readonly errors: readonly ErrorDetail[] };

/** Why a conversation cannot continue. */
export class OtpSocketFailure extends Error {}

/** One connection to the one-time-password server. */
export interface OtpSocket {
  /** Resolves when the connection is open. */
  readonly opened: Promise<unknown>;
  /** Rejects with an {@link OtpSocketFailure} when the connection fails or closes, or a frame is not part of the protocol. */
  readonly failed: Promise<never>;
  /** Sends a code, or rejects like `failed` if the connection is closed. A result that arrived before it is not its response. */
  sendCode(code: string): Promise<void>;
  /** Resolves to the next frame, which may have arrived already. */
  nextFrame(): Promise<OtpFrame>;
  /** Ends the connection and removes every listener. With `abrupt`, it does not wait for the server to close it too. */
  dispose(abrupt: boolean): void;
}

const CLOSING = 2;
const CLOSED = 3;
const NORMAL_CLOSURE = 1000;
const MAX_CLOSING_MILLISECONDS = 1000;

/** Opens a connection to the one-time-password server. */
export function openOtpSocket(url: string, webSocket: WebSocketConstructor): OtpSocket {
  const socket = connect(url, webSocket);
  let frames: OtpFrame[] = [];
  let onFrame: () => void = () => {};
  let fail: (failure: OtpSocketFailure) => void = () => {};
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  // It may fail while nobody waits for it.
  failed.catch(() => {});

  const handleMessage = ({ data }: WebSocketEvents["message"]): void => {
    const frame = parseFrame(data);
    if (frame instanceof OtpSocketFailure) fail(frame);
    else if (frame !== undefined) frames.push(frame);
    onFrame();
  };
  const handleClose = ({ code }: WebSocketEvents["close"]): void => {
    fail(new OtpSocketFailure(`the connection was closed (code ${code})`));
  };
  const handleError = (event: object): void => {
    // Browsers hide the reason. The package `ws` passes it.
    fail(new OtpSocketFailure("the connection failed", "error" in event ? { cause: event.error } : undefined));
  };
  let handleOpen: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    handleOpen = resolve;
  });
  try {
    socket.addEventListener("open", handleOpen);
    socket.addEventListener("message", handleMessage);
    socket.addEventListener("close", handleClose);
    socket.addEventListener("error", handleError);
  } catch (cause) {
    throw new OtpSocketFailure("the connection could not be made", { cause });
  }

  return {
    opened: Promise.race([opened, failed]),
    failed,
    async sendCode(code) {
      // A WebSocket that is closing or closed silently discards what it is given.
      const state = readOrUndefined(() => socket.readyState);
      if (state === CLOSING || state === CLOSED) await failed;
      frames = frames.filter(({ event }) => event === "CREDENTIAL");
      const send = async (): Promise<void> => socket.send(JSON.stringify({ event: "ENTER_OTP", otp: code }));
      // Not awaited: a `send` that throws may have sent the code before.
      send().catch((cause) => fail(new OtpSocketFailure("sending the code failed", { cause })));
    },
    async nextFrame() {
      for (;;) {
        const frame = frames.shift();
        if (frame !== undefined) return frame;
        const arrival = new Promise<void>((resolve) => {
          onFrame = resolve;
        });
        await Promise.race([arrival, failed]);
      }
    },
    dispose(abrupt) {
      socket.removeEventListener("open", handleOpen);
      socket.removeEventListener("message", handleMessage);
      socket.removeEventListener("close", handleClose);
      if (socket.readyState === CLOSED) {
        socket.removeEventListener("error", handleError);
        return;
      }
      let timer: ReturnType<typeof setTimeout> | undefined;
      // The package `ws` emits an error when it is closed while connecting. Without a listener, that would end the process.
      const handleClosed = (): void => {
        clearTimeout(timer);
        socket.removeEventListener("error", handleError);
        socket.removeEventListener("close", handleClosed);
      };
      socket.addEventListener("close", handleClosed);
      ignoreFailure(() => socket.close(NORMAL_CLOSURE));
      // The package `ws` would wait 30 s for a server that does not close it too. Other implementations have no way to end it.
      if (abrupt) terminate(socket);
      else timer = setTimeout(terminate, MAX_CLOSING_MILLISECONDS, socket);
    },
  };
}

function terminate(socket: WebSocketConnection): void {
  ignoreFailure(() => "terminate" in socket && typeof socket.terminate === "function" && socket.terminate());
}

function connect(url: string, webSocket: WebSocketConstructor): WebSocketConnection {
  try {
    return new webSocket(url);
  } catch (cause) {
    throw new OtpSocketFailure("the connection could not be made", { cause });
  }
}

/** The platform's own `WebSocket`. Throws {@link RolloutConfigError} where there is none. */
export function platformWebSocket(): WebSocketConstructor {
  // Not in every runtime, whatever its type says.
  const found: WebSocketConstructor | undefined = Reflect.get(globalThis, "WebSocket");
  if (found !== undefined) return found;
  throw new RolloutConfigError(
    "webSocket",
    "is missing: this platform has none. Pass the WebSocket of the package ws, or use Node 22 or newer",
  );
}

/** Reads a frame, or returns `undefined` for an event of another kind. */
function parseFrame(data: unknown): OtpFrame | OtpSocketFailure | undefined {
  const frame = typeof data === "string" ? parseJson(data) : undefined;
  const event = memberOf(frame, "event");
  if (event === "OTP_RESULT" || event === "CREDENTIAL") {
    const ok = memberOf(frame, "ok");
    const id = memberOf(memberOf(frame, "credential"), "id");
    if (ok === false) return { event, ok, errors: errorListOf(memberOf(frame, "errors")) };
    if (event === "OTP_RESULT" && ok === true) return { event, ok };
    if (event === "CREDENTIAL" && ok === true && typeof id === "string") return { event, ok, id };
  } else if (typeof event === "string") {
    return undefined;
  }
  return new OtpSocketFailure("the server sent a message that is not part of the protocol");
}
