import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import { createRolloutClient, type RolloutClientOptions } from "rollout-client";
import { expect, onTestFinished, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { listen } from "../../support/servers.ts";

export const code = "739-1284";

export const challenge = {
  action: "OTP_REQUEST",
  otpChallengeId: "otp 1/ä",
  titleHTML: "<b>title-as-html</b>",
  message: "We sent a code.",
  messageHTML: "<b>message-as-html</b>",
};

export const input = { appKey: "lofty", userInputs: { apiKey: "key-8261" } };

const errorsOf = (messages: readonly string[]) => messages.map((message) => ({ message }));

export const accepted = { event: "OTP_RESULT", ok: true };
export const rejected = (...messages: string[]) => ({ event: "OTP_RESULT", ok: false, errors: errorsOf(messages) });
export const created = { event: "CREDENTIAL", ok: true, credential: { id: "cred_1" } };
export const refused = (...messages: string[]) => ({ event: "CREDENTIAL", ok: false, errors: errorsOf(messages) });

/** What the server sends, in order: an object as JSON, a string or bytes as they are, a number as the code that it closes with. */
export type Reply = readonly (object | string | Buffer | number)[];

/** What the server does on a connection. */
export interface OtpScript {
  /** A status refuses the handshake, `"hang"` leaves it unanswered. */
  readonly handshake?: number | "hang";
  /** Sent as soon as the connection is open. */
  readonly opening?: Reply;
  /** For each code, in order. A code without a reply gets none. */
  readonly replies?: readonly Reply[];
  /** Whether the server stops reading after the first code, so that it never closes the connection. */
  readonly ignoresClose?: boolean;
}

/**
 * A client whose every create brings the challenge, and a server on a real port. After the test, every connection of the client
 * has ended, and no listener is left on it.
 */
export async function startOtp(
  { handshake, opening = [], replies = [], ignoresClose = false }: OtpScript = {},
  options: Partial<RolloutClientOptions> = {},
  BaseWebSocket: new (url: string) => WebSocket = WebSocket,
) {
  const changes = new EventEmitter();
  const received: string[] = [];
  const frames: string[] = [];
  const closeCodes: number[] = [];
  const urls: (string | undefined)[] = [];
  const sockets: WebSocket[] = [];
  let headers = {};

  const httpServer = createServer();
  const server = new WebSocketServer({
    server: httpServer,
    verifyClient({ req }, decide) {
      urls.push(req.url);
      headers = req.headers;
      changes.emit("change");
      if (handshake !== "hang") decide(handshake === undefined, handshake);
    },
  });
  const play = (socket: WebSocket, reply: Reply): void => {
    for (const item of reply) {
      if (typeof item === "number") socket.close(item);
      else socket.send(typeof item === "string" || item instanceof Buffer ? item : JSON.stringify(item));
    }
  };
  server.on("connection", (socket, request) => {
    socket.on("close", (closeCode) => {
      closeCodes.push(closeCode);
      changes.emit("change");
    });
    play(socket, opening);
    socket.on("message", (frame) => {
      frames.push(String(frame));
      play(socket, replies[frames.length - 1] ?? []);
      if (ignoresClose) request.socket.pause();
      changes.emit("change");
    });
  });
  class ObservedWebSocket extends BaseWebSocket {
    constructor(url: string) {
      super(url);
      sockets.push(this);
    }

    override emit(name: string | symbol, ...parameters: unknown[]): boolean {
      const isHandled = super.emit(name, ...parameters);
      received.push(String(name));
      changes.emit("change");
      return isHandled;
    }
  }
  onTestFinished(async () => {
    const open = sockets.filter(({ readyState }) => readyState !== WebSocket.CLOSED);
    // `once` of node:events would reject: closing a socket that is still connecting emits an error first.
    await Promise.all(open.map((socket) => new Promise((resolve) => socket.once("close", resolve))));
    expect(sockets.flatMap((socket) => socket.eventNames())).toEqual([]);
    for (const socket of server.clients) socket.terminate();
    httpServer.closeAllConnections();
    httpServer.close();
  });

  const { credentials } = createRolloutClient({
    token: "token-5524",
    // The slash at its end must not become two.
    baseUrl: `http://127.0.0.1:${await listen(httpServer)}/api/`,
    fetch: async () => Response.json(challenge),
    webSocket: ObservedWebSocket,
    ...options,
  });
  return {
    credentials,
    frames,
    urls,
    closeCodes,
    headers: () => headers,
    /** Sends more on every connection. */
    send(...reply: Reply): void {
      for (const socket of server.clients) play(socket, reply);
    },
    /** How often the client's socket has emitted this event. */
    emitted: (name: string): number => received.filter((event) => event === name).length,
    /** Waits until this is true of what the server and the client's socket have received. */
    async waitFor(condition: () => boolean): Promise<void> {
      while (!condition()) await once(changes, "change");
    },
  };
}

/** Replaces the timers of the client, not those of the network. */
export function useFakeTimers(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
}
