import type { HeadersOptions } from "openapi-fetch";
import type { Call } from "../call/call.ts";
import { type CallOptions, checkTimeout } from "../call/call-options.ts";
import { reportOf } from "../call/result.ts";
import type { Settings } from "../call/settings.ts";
import type { CreateCredentialInput, Credential, OtpChallenge } from "../document-types.ts";
import { checkFunction, checkKeys, checkSignal, checkText } from "../errors/checks.ts";
import { RolloutConfigError } from "../errors/classes.ts";
import { type CallReport, invalidResponseError } from "../errors/from-response.ts";
import type { Redact } from "../errors/redact.ts";
import { unwrap } from "../unwrap.ts";
import { memberOf } from "../values/json.ts";
import { converse, type OtpPrompt, type OtpSettings } from "./otp.ts";
import { platformWebSocket, type WebSocketConstructor } from "./otp-socket.ts";
import { checkUserInputs } from "./user-inputs.ts";

/** Options of one call of `credentials.create`. */
export interface CreateCredentialOptions extends CallOptions {
  /** Headers for this call, merged over those of the client. */
  headers?: HeadersOptions | undefined;
}

/** Options of one call of `credentials.submitOtp`. */
export interface SubmitOtpOptions {
  /** Ends the call at once. The call rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** How many milliseconds each wait for the server may take. @default the client's `timeout` */
  timeout?: number | undefined;
}

/** Asks a person for the code of a challenge. An error that it throws is thrown by `credentials.create` unchanged. */
export type OnOtp = (challenge: OtpChallenge, prompt: OtpPrompt) => string | undefined | Promise<string | undefined>;

/** The operations on credentials. */
export interface CredentialOperations {
  /**
   * Creates a credential, and answers a one-time password with the codes that `onOtp` returns.
   *
   * Source: `POST /credentials`, operation `post_credentials`. The one-time password is not in the document.
   *
   * @throws {@link RolloutApiError}, {@link RolloutNetworkError}, {@link RolloutResponseError} when the call fails,
   *   {@link RolloutOtpError} when the one-time password does, {@link RolloutConfigError} before anything is sent, and the
   *   reason of `signal` when it aborts
   */
  create(input: CreateCredentialInput, options: CreateCredentialOptions & { onOtp: OnOtp }): Promise<Credential>;
  /**
   * Creates a credential. The result may be a challenge instead: check with `isOtpChallenge`, and continue with `submitOtp`.
   *
   * Source: `POST /credentials`, operation `post_credentials`.
   *
   * @throws {@link RolloutApiError}, {@link RolloutNetworkError}, {@link RolloutResponseError} when the call fails,
   *   {@link RolloutConfigError} before anything is sent, and the reason of `signal` when it aborts
   */
  create(
    input: CreateCredentialInput,
    options?: CreateCredentialOptions & { onOtp?: OnOtp | undefined },
  ): Promise<Credential | OtpChallenge>;
  /**
   * Submits the code for a challenge, from any process, and waits for the credential.
   *
   * Source: not in the OpenAPI document. Observed in Rollout's own browser client.
   *
   * @param challenge - the challenge, or its `otpChallengeId`
   * @param code - what the person entered, a non-empty string
   * @throws {@link RolloutOtpError} `otp_rejected` when another code may be tried, `otp_failed` when the challenge is over;
   *   {@link RolloutConfigError} before anything is sent, and the reason of `signal` when it aborts
   */
  submitOtp(challenge: OtpChallenge | string, code: string, options?: SubmitOtpOptions): Promise<Credential>;
}

/** Type guard: whether a one-time password is needed before the credential exists. */
export function isOtpChallenge(result: Credential | OtpChallenge): result is OtpChallenge {
  // A credential may carry the field as null.
  return "otpChallengeId" in result && typeof result.otpChallengeId === "string";
}

/** What the operations on credentials need of the client. */
export interface CredentialSettings extends Settings {
  readonly webSocket: WebSocketConstructor | undefined;
}

/** Creates the operations on credentials of one client. */
export function createCredentialOperations(call: Call, settings: CredentialSettings): CredentialOperations {
  const otpSettings = ({ signal, timeout }: CallOptions, redact: Redact): OtpSettings => ({
    redact,
    baseUrl: settings.baseUrl,
    webSocket: settings.webSocket ?? platformWebSocket(),
    signal: checkSignal(signal),
    timeout: checkTimeout(timeout, settings.timeout),
  });

  async function create(
    input: CreateCredentialInput,
    options: CreateCredentialOptions & { onOtp: OnOtp },
  ): Promise<Credential>;
  async function create(
    input: CreateCredentialInput,
    options?: CreateCredentialOptions & { onOtp?: OnOtp | undefined },
  ): Promise<Credential | OtpChallenge>;
  async function create(
    input: CreateCredentialInput,
    options: CreateCredentialOptions & { onOtp?: OnOtp | undefined } = {},
  ): Promise<Credential | OtpChallenge> {
    checkKeys(options, ["onOtp", "signal", "timeout", "retry", "headers"], "credentials.create");
    const { onOtp, headers, ...callOptions } = options;
    checkFunction("onOtp", onOtp);
    if (typeof input !== "object" || input === null) {
      throw new RolloutConfigError("input", "must be an object with appKey and userInputs");
    }
    checkUserInputs(input);
    // Before anything is sent: without a WebSocket, the code could not be submitted.
    if (onOtp !== undefined && settings.webSocket === undefined) platformWebSocket();
    const result = await call("POST", "/credentials", { ...callOptions, body: input, ...(headers && { headers }) });
    const report = reportOf(result);
    const created = createdOf(unwrap(result), result.response, report);
    if (onOtp === undefined || !isOtpChallenge(created)) return created;
    return converse(created.otpChallengeId, (prompt) => onOtp(created, prompt), otpSettings(options, report.redact));
  }

  async function submitOtp(
    challenge: OtpChallenge | string,
    code: string,
    options: SubmitOtpOptions = {},
  ): Promise<Credential> {
    checkKeys(options, ["signal", "timeout"], "credentials.submitOtp");
    checkText("code", code);
    const otpChallengeId = typeof challenge === "string" ? challenge : challenge?.otpChallengeId;
    const answer = ({ attempt }: OtpPrompt) => (attempt === 1 ? code : undefined);
    return converse(
      otpChallengeId,
      answer,
      otpSettings(options, (text) => text),
    );
  }

  return { create, submitOtp };
}

function createdOf(body: unknown, response: Response, report: CallReport): Credential | OtpChallenge {
  if (isChallengeBody(body)) return { ...body, message: typeof body.message === "string" ? body.message : "" };
  if (isCredential(body)) return body;
  throw invalidResponseError(response, "its body is neither a credential nor a one-time-password challenge", report);
}

function isCredential(body: unknown): body is Credential {
  return typeof memberOf(body, "id") === "string";
}

// Of a challenge, only the id is needed to go on. Rollout's own client shows the rest if it is there.
function isChallengeBody(body: unknown): body is Partial<OtpChallenge> & Pick<OtpChallenge, "otpChallengeId"> {
  return typeof memberOf(body, "otpChallengeId") === "string";
}
