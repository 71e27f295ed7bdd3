// A stand-in for the one-time-password socket of Rollout's API, which the OpenAPI document does not describe and Prism cannot play.
import { once } from "node:events";
import { createServer, STATUS_CODES } from "node:http";
import { WebSocketServer } from "ws";
import { OtpConversation, otpEvents } from "./otp-conversation.mjs";

export { OtpConversation, otpEvents };

/** @typedef {import("node:http").IncomingMessage} IncomingMessage */
/** @typedef {import("node:stream").Duplex} Duplex */

/**
 * Plays the server in one conversation. A test holds a slow server back by a promise that its script awaits.
 * @typedef {(conversation: OtpConversation) => void | Promise<void>} OtpScript
 */

/**
 * @typedef {object} OtpMockOptions
 * @property {OtpScript} [script] what the server does once the socket is open; by default `acceptCode()`
 * @property {"accept" | "hang" | number} [handshake] the answer to the upgrade: accept it (the default), never answer, or refuse it with this HTTP status
 */

/**
 * @typedef {object} OtpMock
 * @property {OtpConversation[]} conversations every conversation so far, in the order of their handshakes
 * @property {(request: IncomingMessage, socket: Duplex, head: Buffer) => void} upgrade an `upgrade` listener for any HTTP server
 * @property {() => number} openSockets how many connections are open, those that hang in the handshake included
 * @property {() => Promise<void>} allClosed resolves when no connection is open
 * @property {() => Promise<void>} stop ends every connection; rejects when a script has failed
 */

/**
 * The well-behaved server: asks for the code until it is right, then creates the credential. It leaves closing to the client.
 * @param {string} [code]
 * @param {string} [credentialId]
 * @returns {OtpScript}
 */
export function acceptCode(code = "123456", credentialId = "credential_after_otp") {
  return async (conversation) => {
    for (;;) {
      const entered = await conversation.nextCode();
      if (entered === undefined) return;
      if (entered === code) break;
      conversation.send(otpEvents.codeRejected("This code is wrong or has expired."));
    }
    conversation.send(otpEvents.codeAccepted());
    conversation.send(otpEvents.credentialCreated(credentialId));
  };
}

/**
 * The mock without a server of its own, for one that listens already.
 * @param {OtpMockOptions} [options]
 * @returns {OtpMock}
 */
export function createOtpMock({ script = acceptCode(), handshake = "accept" } = {}) {
  const webSockets = new WebSocketServer({ noServer: true });
  /** @type {Set<Duplex>} */
  const sockets = new Set();
  /** @type {OtpConversation[]} */
  const conversations = [];
  /** @type {unknown[]} */
  const failures = [];

  /** @param {OtpConversation} conversation */
  async function play(conversation) {
    try {
      await script(conversation);
    } catch (failure) {
      failures.push(failure);
      conversation.terminate();
    }
  }

  async function allClosed() {
    await Promise.all([...sockets].map((socket) => new Promise((resolve) => socket.once("close", resolve))));
  }

  return {
    conversations,
    upgrade(request, socket, head) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      const otpChallengeId = otpChallengeIdOf(request);
      if (otpChallengeId === undefined) return refuse(socket, 404);
      if (typeof handshake === "number") return refuse(socket, handshake);
      if (handshake === "hang") return ignore(socket);
      webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        const conversation = new OtpConversation(webSocket, request, otpChallengeId);
        conversations.push(conversation);
        void play(conversation);
      });
    },
    openSockets: () => sockets.size,
    allClosed,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await allClosed();
      if (failures.length > 0) throw new AggregateError(failures, "a script of the one-time-password mock failed");
    },
  };
}

/**
 * The mock on a free port of 127.0.0.1; `url` can be a client's `baseUrl`, with any path added.
 * @param {OtpMockOptions} [options]
 */
export async function startOtpMock(options) {
  const mock = createOtpMock(options);
  const server = createServer((_request, response) => response.writeHead(426).end());
  server.on("upgrade", mock.upgrade);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the mock has no port");
  return {
    ...mock,
    port: address.port,
    url: `http://127.0.0.1:${address.port}`,
    async stop() {
      server.close();
      server.closeAllConnections();
      await mock.stop();
    },
  };
}

/** @param {IncomingMessage} request */
function otpChallengeIdOf(request) {
  const id = /\/auth\/otp\/([^/?]+)(?:\?|$)/.exec(request.url ?? "")?.[1];
  try {
    return id === undefined ? undefined : decodeURIComponent(id);
  } catch {
    return undefined;
  }
}

/**
 * @param {Duplex} socket
 * @param {number} status
 */
function refuse(socket, status) {
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  ignore(socket);
}

/**
 * Nobody else listens on a socket that was taken off its HTTP server: without this the client's leaving would go unseen.
 * @param {Duplex} socket
 */
function ignore(socket) {
  socket.on("error", () => socket.destroy());
  socket.on("end", () => socket.end());
  socket.resume();
}
