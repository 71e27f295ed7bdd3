import type { WebSocketConnection, WebSocketConstructor } from "../index.ts";
import { ABNORMAL_CLOSURE, type OtpSession } from "./otp.ts";

/** An event of the mock's socket, with the members of every kind of event. */
interface SocketEvent {
  readonly type: string;
  readonly data: unknown;
  readonly code: number;
}

type Listener = (event: SocketEvent) => void;

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;
/** The closing handshake had no code: RFC 6455, section 7.4.1. */
const NO_STATUS = 1005;

/** Creates a `WebSocket` class that starts a session for each connection; `undefined` in place of a session refuses the handshake. */
export function createWebSocketClass(startSession: (url: string) => OtpSession | undefined): WebSocketConstructor {
  return class MockWebSocket implements WebSocketConnection {
    readyState = CONNECTING;
    readonly #listeners = new Map<string, Set<Listener>>();
    #session: OtpSession | undefined;

    constructor(url: string) {
      // Once the caller has added its listeners. No timer: tests may have replaced the clock.
      queueMicrotask(() => this.#connect(url));
    }

    addEventListener(type: string, listener: Listener): void {
      const listeners = this.#listeners.get(type) ?? new Set();
      this.#listeners.set(type, listeners.add(listener));
    }

    removeEventListener(type: string, listener: Listener): void {
      this.#listeners.get(type)?.delete(listener);
    }

    send(data: string): void {
      if (this.readyState === CONNECTING) throw new DOMException("The socket is not open yet.", "InvalidStateError");
      queueMicrotask(() => this.#receive(data));
    }

    close(code = NO_STATUS): void {
      if (this.readyState >= CLOSING) return;
      this.readyState = CLOSING;
      queueMicrotask(() => this.#end(code));
    }

    #connect(url: string): void {
      if (this.readyState !== CONNECTING) return;
      this.#session = startSession(url);
      if (this.#session === undefined) {
        this.#emit("error");
        this.#end(ABNORMAL_CLOSURE);
        return;
      }
      this.readyState = OPEN;
      this.#emit("open");
      if (this.#session.closeAtOnce !== undefined) this.#end(this.#session.closeAtOnce);
    }

    #receive(data: string): void {
      if (this.readyState !== OPEN || this.#session === undefined) return;
      const reply = this.#session.receive(data);
      if ("close" in reply) this.#end(reply.close);
      else for (const frame of reply) this.#emit("message", { data: JSON.stringify(frame) });
    }

    #end(code: number): void {
      if (this.readyState === CLOSED) return;
      this.readyState = CLOSED;
      this.#emit("close", { code });
    }

    #emit(type: string, members: Partial<SocketEvent> = {}): void {
      const event = { type, data: undefined, code: 0, ...members };
      for (const listener of [...(this.#listeners.get(type) ?? [])]) listener(event);
    }
  };
}
