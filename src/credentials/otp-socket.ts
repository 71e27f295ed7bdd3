import { type ErrorDetail, RolloutConfigError } from "../errors/classes.ts";
import { errorListOf } from "../errors/reasons.ts";
import { memberOf, parseJson } from "../values/json.ts";

/** The part of a `WebSocket` that the one-time-password conversation uses. */
export interface WebSocketConnection {
  /** 0 while it connects, 1 when it is open, 2 while it closes, 3 when it is closed. */
  readonly readyState: number;
  /** Sends a text frame. */
  send(data: string): void;
  /** Closes the connection, with a code of RFC 6455, section 7.4. */
  close(code?: number): void;
  /** Listens for the end of the handshake. */
  addEventListener(type: "open", listener: () => void): void;
  /** Listens for frames; `data` is a string for a text frame. */
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  /** Listens for the end of the connection. */
  addEventListener(type: "close", listener: (event: { readonly code: number }) => void): void;
  /** Listens for a failure; the event of the package `ws` carries it as `error`. */
  addEventListener(type: "error", listener: (event: object) => void): void;
  /** Removes a listener for `open`. */
  removeEventListener(type: "open", listener: () => void): void;
  /** Removes a listener for `message`. */
  removeEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  /** Removes a listener for `close`. */
  removeEventListener(type: "close", listener: (event: { readonly code: number }) => void): void;
  /** Removes a listener for `error`. */
  removeEventListener(type: "error", listener: (event: object) => void): void;
}

/** A `WebSocket` class: the platform's, or that of the package `ws`. */
export type WebSocketConstructor = new (url: string) => WebSocketConnection;

/** A frame of the protocol. */
export type OtpFrame =
  | { readonly event: "OTP_RESULT"; readonly ok: true }
  | { readonly event: "OTP_RESULT"; readonly ok: false; readonly errors: readonly ErrorDetail[] }
  | { readonly event: "CREDENTIAL"; readonly ok: true; readonly id: string }
  | { readonly event: "CREDENTIAL"; readonly ok: false; readonly errors: readonly ErrorDetail[] };

/** Why a conversation cannot continue. */
export class OtpSocketFailure extends Error {}

const CLOSED = 3;
const NORMAL_CLOSURE = 1000;
const MAX_CLOSING_MILLISECONDS = 1000;

/** One connection to the one-time-password server: frames in, codes out, and no listener left behind once disposed of. */
export class OtpSocket {
  /** Resolves when the connection is open. */
  readonly opened: Promise<void>;
  /** Rejects with an {@link OtpSocketFailure} when the connection fails or closes, or a frame is not of the protocol. */
  readonly failed: Promise<never>;
  readonly #socket: WebSocketConnection;
  readonly #frames: OtpFrame[] = [];
  #onFrame: (() => void) | undefined;
  #fail: (failure: OtpSocketFailure) => void = () => {};
  #onOpen: () => void = () => {};

  constructor(url: string, webSocket: WebSocketConstructor) {
    this.opened = new Promise((resolve) => {
      this.#onOpen = resolve;
    });
    this.failed = new Promise((_resolve, reject) => {
      this.#fail = reject;
    });
    // It may fail while nobody waits for it.
    this.failed.catch(() => {});
    this.#socket = connect(url, webSocket);
    this.#socket.addEventListener("open", this.#onOpen);
    this.#socket.addEventListener("message", this.#onMessage);
    this.#socket.addEventListener("close", this.#onClose);
    this.#socket.addEventListener("error", this.#onError);
  }

  /** Sends a code. A result that arrived before it does not count as its response. */
  sendCode(code: string): void {
    const kept = this.#frames.filter((frame) => frame.event === "CREDENTIAL");
    this.#frames.splice(0, this.#frames.length, ...kept);
    try {
      this.#socket.send(JSON.stringify({ event: "ENTER_OTP", otp: code }));
    } catch (cause) {
      throw new OtpSocketFailure("the code could not be sent", { cause });
    }
  }

  /** Resolves to the next frame of the conversation, which may have arrived already. */
  async nextFrame(): Promise<OtpFrame> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame !== undefined) return frame;
      const arrival = new Promise<void>((resolve) => {
        this.#onFrame = resolve;
      });
      await Promise.race([arrival, this.failed]);
    }
  }

  /**
   * Ends the connection and removes every listener.
   *
   * @param abrupt - do not wait for the server to close it too
   */
  dispose(abrupt: boolean): void {
    const socket = this.#socket;
    socket.removeEventListener("open", this.#onOpen);
    socket.removeEventListener("message", this.#onMessage);
    socket.removeEventListener("close", this.#onClose);
    if (socket.readyState !== CLOSED) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      // The package `ws` emits an error when it is closed while connecting. Without a listener, that would end the process.
      const onClosed = (): void => {
        clearTimeout(timer);
        socket.removeEventListener("error", this.#onError);
        socket.removeEventListener("close", onClosed);
      };
      socket.addEventListener("close", onClosed);
      socket.close(NORMAL_CLOSURE);
      // The package `ws` would wait 30 s for a server that does not close it too. Other implementations offer no way to end it.
      if (abrupt) terminate(socket);
      else timer = setTimeout(terminate, MAX_CLOSING_MILLISECONDS, socket);
    } else {
      socket.removeEventListener("error", this.#onError);
    }
  }

  readonly #onMessage = ({ data }: { readonly data: unknown }): void => {
    const frame = parseFrame(data);
    if (frame instanceof OtpSocketFailure) this.#fail(frame);
    else if (frame !== undefined) this.#frames.push(frame);
    this.#onFrame?.();
  };

  readonly #onClose = ({ code }: { readonly code: number }): void => {
    this.#fail(new OtpSocketFailure(`the connection was closed (code ${code})`));
  };

  readonly #onError = (event: object): void => {
    // Browsers hide the reason. The package `ws` passes it.
    const cause = "error" in event ? event.error : undefined;
    this.#fail(new OtpSocketFailure("the connection failed", cause === undefined ? undefined : { cause }));
  };
}

function terminate(socket: WebSocketConnection): void {
  if ("terminate" in socket && typeof socket.terminate === "function") socket.terminate();
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
  if (typeof event !== "string") return new OtpSocketFailure("the server sent something that is not of the protocol");
  if (event !== "OTP_RESULT" && event !== "CREDENTIAL") return undefined;
  const ok = memberOf(frame, "ok");
  if (ok === false) return { event, ok, errors: errorListOf(memberOf(frame, "errors")) };
  if (ok === true && event === "OTP_RESULT") return { event, ok };
  const id = memberOf(memberOf(frame, "credential"), "id");
  if (ok === true && event === "CREDENTIAL" && typeof id === "string") return { event, ok, id };
  return new OtpSocketFailure(`the server sent an event ${event} that is not of the protocol`);
}
