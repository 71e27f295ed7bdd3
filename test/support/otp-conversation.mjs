// One conversation about a one-time password, seen from the server: what the client asked for and sent, and the means to answer it.
import { on, once } from "node:events";

/** What the server says, by its meaning. */
export const otpEvents = {
  codeAccepted: () => ({ event: "OTP_RESULT", ok: true }),
  /** @param {string[]} messages */
  codeRejected: (...messages) => ({ event: "OTP_RESULT", ok: false, errors: messages.map((message) => ({ message })) }),
  /** @param {string} id */
  credentialCreated: (id) => ({ event: "CREDENTIAL", ok: true, credential: { id } }),
  /** @param {string[]} messages */
  credentialRefused: (...messages) => ({
    event: "CREDENTIAL",
    ok: false,
    errors: messages.map((message) => ({ message })),
  }),
};

export class OtpConversation {
  /** The id in the path, decoded. */
  otpChallengeId;
  /** The path as it was sent, without the query. */
  path;
  /** @type {URLSearchParams} */
  query;
  /** @type {import("node:http").IncomingHttpHeaders} */
  headers;
  /** @type {string[]} Every frame received so far, as text. */
  frames = [];
  /** @type {number | undefined} The close code, once the socket is closed; 1006 when it was lost without one. */
  closeCode;
  /** @type {Promise<number>} Resolves to the close code. */
  closed;
  #socket;
  #incoming;

  /**
   * @param {import("ws").WebSocket} socket
   * @param {import("node:http").IncomingMessage} request
   * @param {string} otpChallengeId
   */
  constructor(socket, request, otpChallengeId) {
    const target = new URL(request.url ?? "/", "http://127.0.0.1");
    this.otpChallengeId = otpChallengeId;
    this.path = target.pathname;
    this.query = target.searchParams;
    this.headers = request.headers;
    this.#socket = socket;
    // Listening from the start: a frame that comes before the script asks for it waits in this iterator.
    this.#incoming = on(socket, "message", { close: ["close"] });
    socket.on("message", (data) => this.frames.push(data.toString()));
    this.closed = new Promise((resolve) => {
      socket.on("close", (code) => {
        this.closeCode = code;
        resolve(code);
      });
    });
  }

  /** The next frame as text, or `undefined` when the client has left. */
  async nextFrame() {
    const { done, value } = await this.#incoming.next();
    return done ? undefined : String(value[0]);
  }

  /** The code in the next frame, or `undefined` when the client has left. A frame of another kind fails the script. */
  async nextCode() {
    const frame = await this.nextFrame();
    if (frame === undefined) return undefined;
    const message = JSON.parse(frame);
    if (message?.event !== "ENTER_OTP" || typeof message.otp !== "string") {
      throw new Error("the client sent a frame that is not ENTER_OTP with a code");
    }
    return /** @type {string} */ (message.otp);
  }

  /** @param {unknown} event sent as JSON, whatever it is */
  send(event) {
    this.#socket.send(JSON.stringify(event));
  }

  /** @param {string | Uint8Array} frame sent as it is: a string as a text frame, bytes as a binary one */
  sendRaw(frame) {
    this.#socket.send(frame);
  }

  /** Resolves once the client has received what was sent so far: its answer to a ping comes after that. */
  async delivered() {
    const answered = once(this.#socket, "pong");
    this.#socket.ping();
    await answered;
  }

  /**
   * @param {number} [code]
   * @param {string} [reason]
   */
  close(code, reason) {
    this.#socket.close(code, reason);
  }

  /** Loses the connection without a closing handshake, as a crashed server or a cut cable does. */
  terminate() {
    this.#socket.terminate();
  }
}
