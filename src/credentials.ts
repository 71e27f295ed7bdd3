import type { HeadersOptions } from "openapi-fetch";
import type { RolloutApi } from "./api.ts";
import type { CreateCredentialInput, Credential, OtpChallenge } from "./document-types.ts";
import { RolloutConfigError } from "./errors.ts";
import { exchangeOf } from "./exchange.ts";
import { invalidResponseError } from "./failures.ts";
import type { paths } from "./generated/openapi.ts";
import { memberOf } from "./json.ts";
import {
  checkFunction,
  checkKeys,
  checkSignal,
  checkText,
  checkTimeout,
  type RetryOptions,
  type Settings,
} from "./options.ts";
import { converse, type OtpPrompt, type OtpSettings } from "./otp.ts";
import type { WebSocketConstructor } from "./otp-socket.ts";
import type { Redact } from "./redaction.ts";
import { unwrap } from "./unwrap.ts";

/** Settings of one call of `credentials.create`; those of the client hold for the rest. */
export interface CreateCredentialOptions {
  /** Ends the call at once; it rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Milliseconds that one attempt, and each wait for the one-time-password server, may take. Default: the client's. */
  timeout?: number | undefined;
  /** How failures are answered by sending again. Default, for each of its values: the client's. */
  retry?: RetryOptions | undefined;
  /** Headers for this call, merged over those of the client. */
  headers?: HeadersOptions | undefined;
}

/** Settings of one call of `credentials.submitOtp`. */
export interface SubmitOtpOptions {
  /** Ends the call at once; it rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Milliseconds that each wait for the server may take. Default: the client's `timeout`. */
  timeout?: number | undefined;
}

/** Asks a person for the code of a challenge. An error that it throws comes out of `credentials.create` unchanged. */
export type OnOtp = (challenge: OtpChallenge, prompt: OtpPrompt) => string | undefined | Promise<string | undefined>;

/** The operations on credentials. */
export interface CredentialOperations {
  /**
   * Creates a credential, and answers the one-time password that may be asked for with the codes that `onOtp` gives.
   *
   * Source: `POST /credentials`, operation `post_credentials`; the one-time password is outside the document.
   *
   * @throws {@link RolloutApiError}, {@link RolloutNetworkError}, {@link RolloutResponseError} when the call fails,
   *   {@link RolloutOtpError} when the one-time password does, {@link RolloutConfigError} before anything is sent, and the
   *   reason of `signal` when that aborts
   */
  create(input: CreateCredentialInput, options: CreateCredentialOptions & { onOtp: OnOtp }): Promise<Credential>;
  /**
   * Creates a credential. The answer may be a challenge instead: tell by `isOtpChallenge`, and go on with `submitOtp`.
   *
   * Source: `POST /credentials`, operation `post_credentials`.
   *
   * @throws {@link RolloutApiError}, {@link RolloutNetworkError}, {@link RolloutResponseError} when the call fails,
   *   {@link RolloutConfigError} before anything is sent, and the reason of `signal` when that aborts
   */
  create(
    input: CreateCredentialInput,
    options?: CreateCredentialOptions & { onOtp?: OnOtp | undefined },
  ): Promise<Credential | OtpChallenge>;
  /**
   * Submits the code for a challenge, from whichever process, and waits for the credential.
   *
   * Source: outside the OpenAPI document; observed in Rollout's own browser client.
   *
   * @param challenge - the challenge, or its `otpChallengeId`
   * @param code - what the person entered, a non-empty string
   * @throws {@link RolloutOtpError} `otp_rejected` when another code may be tried, `otp_failed` when the challenge is over;
   *   {@link RolloutConfigError} before anything is sent, and the reason of `signal` when that aborts
   */
  submitOtp(challenge: OtpChallenge | string, code: string, options?: SubmitOtpOptions): Promise<Credential>;
}

/** Is a one-time password wanted before the credential exists? */
export function isOtpChallenge(answer: Credential | OtpChallenge): answer is OtpChallenge {
  // A field that a credential carries as null makes it no challenge.
  return "otpChallengeId" in answer && typeof answer.otpChallengeId === "string";
}

type RequiredStrings<Type> = {
  [Key in keyof Type as Record<never, never> extends Pick<Type, Key> ? never : Key]: Type[Key] extends string
    ? "string"
    : never;
};

// What the document requires of the two answers. When it comes to require something else, these are the lines to mend.
const CREDENTIAL: RequiredStrings<Credential> = { id: "string" };
const OTP_CHALLENGE: RequiredStrings<OtpChallenge> = {
  action: "string",
  otpChallengeId: "string",
  titleHTML: "string",
  message: "string",
  messageHTML: "string",
};

function hasFields(value: unknown, fields: Readonly<Record<string, "string">>): boolean {
  return Object.keys(fields).every((name) => typeof memberOf(value, name) === fields[name]);
}

/** Makes the operations on credentials of one client. */
export function createCredentialOperations(
  api: RolloutApi<paths>,
  settings: Settings & { readonly webSocket: WebSocketConstructor | undefined },
): CredentialOperations {
  const otpSettings = ({ signal, timeout }: SubmitOtpOptions, redact: Redact): OtpSettings => ({
    redact,
    baseUrl: settings.baseUrl,
    webSocket: settings.webSocket,
    signal: checkSignal(signal),
    timeout: checkTimeout(timeout, settings.timeout),
  });

  async function post(
    input: CreateCredentialInput,
    options: CreateCredentialOptions,
  ): Promise<{ readonly answer: Credential | OtpChallenge; readonly response: Response }> {
    if (typeof input !== "object" || input === null) {
      throw new RolloutConfigError("input", "must be an object with appKey and userInputs");
    }
    const { signal = null, timeout, retry, headers } = options;
    const init = { body: input, signal, timeout, retry };
    const result = await api.POST("/credentials", headers === undefined ? init : { ...init, headers });
    const answer: Credential | OtpChallenge = unwrap(result);
    const { response } = result;
    if (hasFields(answer, OTP_CHALLENGE) || hasFields(answer, CREDENTIAL)) return { answer, response };
    throw invalidResponseError(response, "its body is neither a credential nor a challenge");
  }

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
    const onOtp = checkFunction("onOtp", options.onOtp);
    const { answer, response } = await post(input, options);
    if (onOtp === undefined || !isOtpChallenge(answer)) return answer;
    return converse(
      answer.otpChallengeId,
      (prompt) => onOtp(answer, prompt),
      otpSettings(options, exchangeOf(response).redact),
    );
  }

  async function submitOtp(
    challenge: OtpChallenge | string,
    code: string,
    options: SubmitOtpOptions = {},
  ): Promise<Credential> {
    checkKeys(options, ["signal", "timeout"], "credentials.submitOtp");
    checkText("code", code);
    const otpChallengeId = typeof challenge === "string" ? challenge : challenge?.otpChallengeId;
    return converse(
      otpChallengeId,
      ({ attempt }) => (attempt === 1 ? code : undefined),
      otpSettings(options, (text) => text),
    );
  }

  return { create, submitOtp };
}
