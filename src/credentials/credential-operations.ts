import type { CallOptions } from "../call/call-options.ts";
import type {
  AuthorizeUrl,
  AuthorizeUrlInput,
  CreateCredentialInput,
  Credential,
  ListedCredential,
  OtpChallenge,
} from "../document-types.ts";
import type { OperationOptions } from "../operation-options.ts";
import type { UpdateCredentialInput } from "./change.ts";
import type { ListCredentialsInput } from "./list.ts";
import type { OtpPrompt } from "./otp.ts";

/** Options of one call of `credentials.create`. */
export interface CreateCredentialOptions extends OperationOptions {
  /**
   * Whether to look for the credential after a failure with `mayHaveSucceeded`, including one of the one-time password. The
   * call then lists the user's credentials of the app, three times in about four seconds, and resolves to the one that was
   * created since the call began. If there are none or several, or there is no way to tell, the call rejects with its original
   * error, whose message says so if there are several. `signal` ends the search too.
   *
   * The times are compared on the server's clock, from the `Date` header of its responses. Without that header there is no way to tell.
   *
   * It cannot tell apart two creates of one user for one app at the same time, or within about two seconds, because `Date` has
   * whole seconds: if only one of them created a credential, both may resolve to it.
   *
   * @default false
   */
  confirm?: boolean | undefined;
}

/**
 * Options of one call of `credentials.submitOtp`, the same as those of every call. `timeout` limits each wait for the server.
 * `retry` has no effect: a code is submitted once.
 */
export interface SubmitOtpOptions extends CallOptions {}

/**
 * Asks a person for the code of a challenge. White space in the code is removed; an empty code is asked for again; `undefined` or
 * `null` cancels: `credentials.create` then rejects with `otp_cancelled`. What it throws is thrown by `credentials.create` unchanged.
 */
export type OnOtp = (
  challenge: OtpChallenge,
  prompt: OtpPrompt,
) => string | null | undefined | Promise<string | null | undefined>;

/**
 * The operations on credentials. Each rejects with a {@link RolloutApiError}, {@link RolloutNetworkError} or
 * {@link RolloutResponseError} when the call fails, with a {@link RolloutConfigError} before anything is sent, and with the
 * reason of `signal` when it aborts.
 */
export interface CredentialOperations {
  /**
   * Creates a credential, and submits the codes that `onOtp` returns if a one-time password is needed.
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
   * @example
   * ```ts
   * import { createRolloutClient, isOtpChallenge } from "rollout-client";
   *
   * const { credentials } = createRolloutClient({ token: "a token" });
   * const input = { appKey: "follow-up-boss", userInputs: { apiKey: "what the user entered" } };
   * const created = await credentials.create(input, { confirm: true });
   * if (!isOtpChallenge(created)) console.log("connected:", created.id);
   * ```
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
   * @param code - what the person entered. White space in it is removed.
   * @throws {@link RolloutOtpError} `otp_rejected` when another code may be tried, `otp_failed` when the exchange with the server
   *   failed; {@link RolloutConfigError} before anything is sent, `invalid_input` when the code is empty; the reason of `signal`
   *   when it aborts
   */
  submitOtp(
    challenge: Pick<OtpChallenge, "otpChallengeId"> | string,
    code: string,
    options?: SubmitOtpOptions,
  ): Promise<Credential>;
  /**
   * Lists the credentials of the token's user.
   *
   * Source: `GET /credentials`, page "List Credentials" of Rollout's API reference.
   *
   * @param input - which credentials, and with which extra fields. Default: all, without `profile` and `data`
   * @throws the errors of each operation; {@link RolloutResponseError} `invalid_response` when the body is not an array of
   *   objects with an `id`
   */
  list(input?: ListCredentialsInput, options?: OperationOptions): Promise<ListedCredential[]>;
  /**
   * Changes which entities of a connected account are synced.
   *
   * Source: `PUT /credentials/{credentialId}`, operation `put_credentials_credentialid`.
   *
   * @param credentialId - the `id` of the credential
   * @throws the errors of each operation
   */
  update(credentialId: string, input: UpdateCredentialInput, options?: OperationOptions): Promise<void>;
  /**
   * Disconnects an account. If a first attempt took effect but its response was lost, the retry may end with `not_found`: its
   * `mayHaveSucceeded` is `true`.
   *
   * Source: `DELETE /credentials`, page "Delete Credentials" of Rollout's API reference.
   *
   * @param credentialId - the `id` of the credential
   * @throws the errors of each operation
   */
  delete(credentialId: string, options?: OperationOptions): Promise<void>;
  /**
   * Gets the page on which the user connects an account of an app that uses OAuth (`auth.type` of its connector is `oauth1` or
   * `oauth2`).
   *
   * Source: `POST /oauth/authorize-url`, page "Create Oauth" of Rollout's API reference.
   *
   * @throws the errors of each operation; {@link RolloutResponseError} `invalid_response` when the body has no `requestId`, or
   *   its `url` is neither `http:` nor `https:`
   */
  authorizeUrl(input: AuthorizeUrlInput, options?: OperationOptions): Promise<AuthorizeUrl>;
}
