import { EventEmitter } from "node:events";
import type { WebSocketConstructor } from "rollout-client";

/** What the server sends, in order: an object as JSON, a string or bytes as they are, a number as the code that it closes with. */
export type Reply = readonly (object | string | Uint8Array | number)[];

/** What the server does on a socket. */
export interface SocketScript {
  /** Once the socket is open; `"hang"` leaves it connecting. */
  readonly opening?: Reply | "hang";
  /** For each code, in order. A code without a reply gets none. */
  readonly replies?: readonly Reply[];
  /** Whether the server leaves the closing handshake unanswered. */
  readonly ignoresClose?: boolean;
}

/** A `WebSocket` in memory, with the members that the package `ws` has, to a server that follows a script. */
class ScriptedSocket extends EventEmitter {
  readonly url: string;
  readonly addEventListener = this.on;
  readonly removeEventListener = this.off;
  readyState = 0;
  readonly frames: string[] = [];
  readonly closeCodes: (number | undefined)[] = [];
  terminations = 0;
  readonly #script: SocketScript;

  constructor(url: string, script: SocketScript) {
    super();
    this.url = url;
    this.#script = script;
    const { opening = [] } = script;
    if (opening !== "hang") queueMicrotask(() => this.#open(opening));
  }

  send(frame: string): void {
    this.frames.push(frame);
    const reply = this.#script.replies?.[this.frames.length - 1] ?? [];
    queueMicrotask(() => this.receive(reply));
  }

  close(code?: number): void {
    this.closeCodes.push(code);
    if (this.readyState === 0) queueMicrotask(() => this.emit("error", {}));
    if (this.#script.ignoresClose !== true) queueMicrotask(() => this.receive([code ?? 1005]));
  }

  terminate(): void {
    this.terminations += 1;
  }

  /** Plays what the server sends. */
  receive(reply: Reply): void {
    for (const item of reply) {
      if (typeof item === "number") {
        this.readyState = 3;
        this.emit("close", { code: item });
      } else {
        const isRaw = typeof item === "string" || item instanceof Uint8Array;
        this.emit("message", { data: isRaw ? item : JSON.stringify(item) });
      }
    }
  }

  #open(opening: Reply): void {
    this.readyState = 1;
    this.emit("open", {});
    this.receive(opening);
  }
}

/** A `WebSocket` class whose sockets follow the script, and the sockets that were made. */
export function scriptSockets(script: SocketScript): { webSocket: WebSocketConstructor; sockets: ScriptedSocket[] } {
  const sockets: ScriptedSocket[] = [];
  const webSocket = class extends ScriptedSocket {
    constructor(url: string) {
      super(url, script);
      sockets.push(this);
    }
  };
  return { webSocket, sockets };
}
