import type { WebSocketConstructor } from "../index.ts";
import { isObject, parseJson } from "../values.ts";
import type { FaultQueue } from "./faults.ts";
import { decodeSegment, pathBelow } from "./http.ts";
import type { UniversalState } from "./universal-api.ts";

// Codes of RFC 6455, section 7.4.1. The closing handshake had no code; the connection ended without one.
const NO_STATUS = 1005;
const ABNORMAL_CLOSURE = 1006;
const POLICY_VIOLATION = 1008;

// The values of `readyState`.
const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

/** What the server does with a socket that was opened. */
interface OtpSession {
  /** Receives a text frame of the client. Returns the frames to send back, or the code to close with. */
  receive(frame: string): Reply;
  /** The code to close the socket with at once; `undefined` when the challenge is open. */
  readonly closeAtOnce: number | undefined;
}

type Reply = readonly object[] | { readonly close: number };

/** An event of the mock's socket, with the members of every kind of event. */
interface SocketEvent {
  readonly type: string;
  readonly data: unknown;
  readonly code: number;
}

type Listener = (event: SocketEvent) => void;

/** Creates the `WebSocket` class on whose connections one-time passwords are submitted. */
export function createWebSocketClass(state: UniversalState, faults: FaultQueue, baseUrl: string): WebSocketConstructor {
  return class MockWebSocket {
    #state = CONNECTING;
    readonly #listeners = new Map<string, Set<Listener>>();
    #session: OtpSession | undefined;

    constructor(url: string) {
      // Once the caller has added its listeners.
      soon(() => this.#connect(url));
    }

    // For others to read: a test may replace it.
    get readyState(): number {
      return this.#state;
    }

    addEventListener(type: string, listener: Listener): void {
      const listeners = this.#listeners.get(type) ?? new Set();
      this.#listeners.set(type, listeners.add(listener));
    }

    removeEventListener(type: string, listener: Listener): void {
      this.#listeners.get(type)?.delete(listener);
    }

    send(data: string): void {
      if (this.#state === CONNECTING) throw new DOMException("The socket is not open yet.", "InvalidStateError");
      soon(() => this.#receive(data));
    }

    close(code = NO_STATUS): void {
      if (this.#state >= CLOSING) return;
      this.#state = CLOSING;
      soon(() => this.#end(code));
    }

    #connect(url: string): void {
      if (this.#state !== CONNECTING) return;
      this.#session = startSession(url, baseUrl, state, faults);
      if (this.#session === undefined) {
        this.#emit("error");
        this.#end(ABNORMAL_CLOSURE);
        return;
      }
      this.#state = OPEN;
      this.#emit("open");
      if (this.#session.closeAtOnce !== undefined) this.#end(this.#session.closeAtOnce);
    }

    #receive(data: string): void {
      if (this.#state !== OPEN || this.#session === undefined) return;
      const reply = this.#session.receive(data);
      if ("close" in reply) this.#end(reply.close);
      else for (const frame of reply) this.#emit("message", { data: JSON.stringify(frame) });
    }

    #end(code: number): void {
      if (this.#state === CLOSED) return;
      this.#state = CLOSED;
      this.#emit("close", { code });
    }

    #emit(type: string, members: Partial<SocketEvent> = {}): void {
      const event = { type, data: undefined, code: 0, ...members };
      for (const listener of [...(this.#listeners.get(type) ?? [])]) listener(event);
    }
  };
}

/** Runs a function once the current code has ended. By a promise: fake timers replace `queueMicrotask` and every timer. */
function soon(run: () => void): void {
  void Promise.resolve().then(run);
}

/** Takes the handshake of a socket; `undefined` refuses it. */
function startSession(url: string, baseUrl: string, state: UniversalState, faults: FaultQueue): OtpSession | undefined {
  const fault = faults.take((on) => on === "otp");
  const otpChallengeId = challengeIdIn(url, baseUrl);
  if (otpChallengeId === undefined || fault?.fault === "refused" || fault?.fault === "status") return undefined;
  return {
    closeAtOnce: state.challenges.has(otpChallengeId) ? undefined : POLICY_VIOLATION,
    receive(frame) {
      if (fault === undefined) return receiveCode(state, otpChallengeId, frame);
      if (fault.acted === true) receiveCode(state, otpChallengeId, frame);
      return fault.fault === "hang" ? [] : { close: ABNORMAL_CLOSURE };
    },
  };
}

function receiveCode(state: UniversalState, otpChallengeId: string, frame: string): Reply {
  const message = parseJson(frame);
  const challenge = state.challenges.get(otpChallengeId);
  if (challenge === undefined || !isObject(message)) return { close: POLICY_VIOLATION };
  const { event, otp } = message;
  if (event !== "ENTER_OTP") return { close: POLICY_VIOLATION };
  if (otp !== challenge.code) return [refusal("OTP_RESULT", "This code is wrong or has expired.")];
  state.challenges.delete(otpChallengeId);
  const accepted = { event: "OTP_RESULT", ok: true };
  if (challenge.refuseCredential !== undefined) return [accepted, refusal("CREDENTIAL", challenge.refuseCredential)];
  const { id } = state.addCredential(challenge.credential);
  return [accepted, { event: "CREDENTIAL", ok: true, credential: { id } }];
}

function refusal(event: string, message: string): object {
  return { event, ok: false, errors: [{ message }] };
}

function challengeIdIn(url: string, baseUrl: string): string | undefined {
  const id = /^\/auth\/otp\/([^/]+)$/.exec(pathBelow(baseUrl, new URL(url.replace(/^ws/, "http"))))?.[1];
  return id === undefined ? undefined : decodeSegment(id);
}
