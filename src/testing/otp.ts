import { isObject, parseJson } from "../values.ts";
import type { FaultQueue, MockFault } from "./faults.ts";
import { decodeSegment, pathBelow } from "./requests.ts";
import type { MockState } from "./state.ts";

/** What the server does with a socket that was opened. */
export interface OtpSession {
  /** Receives a text frame of the client. Returns the frames to send back, or `"close"` with a code of RFC 6455, section 7.4.1. */
  receive(frame: string): readonly object[] | { readonly close: number };
  /** The code to close the socket with at once; `undefined` when the challenge is open. */
  readonly closeAtOnce: number | undefined;
}

const POLICY_VIOLATION = 1008;
/** The connection ended without a closing handshake: RFC 6455, section 7.4.1. */
export const ABNORMAL_CLOSURE = 1006;

/** Takes the handshake of a socket; `undefined` refuses it. */
export function startOtpSession(
  url: string,
  baseUrl: string,
  state: MockState,
  faults: FaultQueue,
): OtpSession | undefined {
  const fault = faults.take((on) => on === "otp");
  const otpChallengeId = challengeIdIn(url, baseUrl);
  if (otpChallengeId === undefined || fault?.fault === "refused" || fault?.fault === "status") return undefined;
  return {
    closeAtOnce: state.challenges.has(otpChallengeId) ? undefined : POLICY_VIOLATION,
    receive: (frame) => (fault === undefined ? receive : receiveAndFail(fault))(state, otpChallengeId, frame),
  };
}

function receiveAndFail(fault: MockFault): typeof receive {
  return (state, otpChallengeId, frame) => {
    if (fault.acted === true) receive(state, otpChallengeId, frame);
    return fault.fault === "hang" ? [] : { close: ABNORMAL_CLOSURE };
  };
}

function receive(
  state: MockState,
  otpChallengeId: string,
  frame: string,
): readonly object[] | { readonly close: number } {
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
