import type { Call, CallInit } from "../call/call.ts";
import { CallResult } from "../call/call.ts";
import { isRefused } from "../call/request.ts";
import { checkInput, checkOptions, checkText } from "../checks.ts";
import type {
  AppKey,
  AuthorizeUrl,
  AuthorizeUrlInput,
  CreateCredentialInput,
  CreateCredentialResponse,
  Credential,
  EntityToSync,
  ListedCredential,
  OtpChallenge,
} from "../document-types.ts";
import { invalidResponseError } from "../errors/call-errors.ts";
import { RolloutConfigError } from "../errors/errors.ts";
import type { Redact } from "../errors/redact.ts";
import {
  type CallOptions,
  type OperationOptions,
  operationInit,
  type RetryOptions,
  type Settings,
} from "../options.ts";
import { unwrap } from "../unwrap.ts";
import { isObject, isPathSegment, memberOf } from "../values.ts";
import { confirmCreate, type ListCredentials } from "./confirm.ts";
import {
  type OtpPrompt,
  type OtpSettings,
  platformWebSocket,
  runOtpExchange,
  submitCode,
  type WebSocketConstructor,
} from "./otp.ts";

/** What `credentials.update` changes. */
export interface UpdateCredentialInput {
  /** The entities to sync: `true` opts in. `false` has no effect. */
  entitiesToSync: { [Entity in EntityToSync]?: boolean | undefined };
}

/** Which credentials `credentials.list` returns, and with which extra fields. */
export interface ListCredentialsInput {
  /** Only the credentials of this app. @default those of all apps */
  appKey?: AppKey | undefined;
  /** Whether to add `profile` to each credential. @default false */
  includeProfile?: boolean | undefined;
  /** Whether to add `data` to each credential. It may contain secrets: do not log it. @default false */
  includeData?: boolean | undefined;
}

/** Options of one call of `credentials.create`. */
export interface CreateCredentialOptions extends OperationOptions {
  /**
   * Whether to look for the credential after a failure with `mayHaveSucceeded`, including one of the one-time password. The call
   * lists the user's credentials of the app before it creates one. After such a failure it lists them again, up to three times
   * in about four seconds (each with at most 5 s), and resolves to the one that is new. If there is none, or there are several,
   * the call rejects with its first error, whose message says so. If the list fails beforehand, nothing is created. `signal`
   * ends the search too.
   *
   * It cannot tell apart two creates of one user for one app at the same time: if only one of them created a credential, both may
   * resolve to it.
   *
   * @default false
   */
  confirm?: boolean | undefined;
  /**
   * Asks a person for the code if a one-time password is needed, again after each code that was rejected. What it throws is
   * thrown by `credentials.create` unchanged.
   *
   * @default the call resolves to the challenge
   */
  onOtp?: OnOtp | undefined;
}

/** Options of one call of `credentials.submitOtp`: `timeout` is for each wait for the server. */
export interface SubmitOtpOptions extends CallOptions {
  /** Has no effect: a code is sent once. @default false */
  retry?: RetryOptions | undefined;
}

/** Returns the code that a person entered for a challenge, or `undefined` or `null` to stop. */
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
   * @throws {@link RolloutOtpError} when the one-time password fails; {@link RolloutApiError} and the other errors of a call
   */
  create(input: CreateCredentialInput, options: CreateCredentialOptions & { onOtp: OnOtp }): Promise<Credential>;
  /**
   * Creates a credential. The result may be a challenge instead: check with `isOtpChallenge`, and continue with `submitOtp`.
   *
   * Source: `POST /credentials`, operation `post_credentials`.
   *
   * @throws {@link RolloutApiError} and the other errors of a call
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
  create(input: CreateCredentialInput, options?: CreateCredentialOptions): Promise<Credential | OtpChallenge>;
  /**
   * Submits the code for a challenge, from any process, and waits for the credential.
   *
   * Source: not in the OpenAPI document. Observed in Rollout's own browser client.
   *
   * @param challenge - the challenge, an object with its `otpChallengeId`, or that id
   * @param code - what the person entered, a non-empty string
   * @throws {@link RolloutOtpError} `otp_rejected` when another code may be tried, `otp_failed` when the exchange with the server failed;
   *   {@link RolloutConfigError} before anything is sent, and the reason of `signal` when it aborts
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
   * @throws {@link RolloutApiError} and the other errors of a call; {@link RolloutResponseError} `invalid_response` when the body is not an array of
   *   objects with an `id`
   */
  list(input?: ListCredentialsInput, options?: OperationOptions): Promise<ListedCredential[]>;
  /**
   * Changes which entities of a connected account are synced.
   *
   * Source: `PUT /credentials/{credentialId}`, operation `put_credentials_credentialid`.
   *
   * @param credentialId - the `id` of the credential
   * @throws {@link RolloutApiError} and the other errors of a call
   */
  update(credentialId: string, input: UpdateCredentialInput, options?: OperationOptions): Promise<void>;
  /**
   * Disconnects an account. If a first attempt took effect but its response was lost, the retry may end with `not_found`: its
   * `mayHaveSucceeded` is `true`.
   *
   * Source: `DELETE /credentials`, page "Delete Credentials" of Rollout's API reference.
   *
   * @param credentialId - the `id` of the credential
   * @throws {@link RolloutApiError} and the other errors of a call
   */
  delete(credentialId: string, options?: OperationOptions): Promise<void>;
  /**
   * Gets the page on which the user connects an account of an app that uses OAuth (`auth.type` of its connector is `oauth1` or
   * `oauth2`).
   *
   * Source: `POST /oauth/authorize-url`, page "Create Oauth" of Rollout's API reference.
   *
   * @throws {@link RolloutApiError} and the other errors of a call; {@link RolloutResponseError} `invalid_response` when the body has no `requestId`, or
   *   its `url` is neither `http:` nor `https:`
   */
  authorizeUrl(input: AuthorizeUrlInput, options?: OperationOptions): Promise<AuthorizeUrl>;
}

const OPERATION_OPTIONS = "signal timeout retry headers";

// The body of a success is not published, so it is not read.
const UNREAD = { parseAs: "stream" } as const;

/** Creates the operations on credentials of one client. */
export function createCredentialOperations(
  call: Call,
  settings: Settings,
  webSocket: WebSocketConstructor | undefined,
): CredentialOperations {
  async function list(input: ListCredentialsInput, init: CallInit): Promise<ListedCredential[]> {
    checkInput(input, "appKey includeProfile includeData", "credentials.list");
    const { appKey, includeProfile, includeData } = input;
    // Sent only if it is true: how the server reads "false" is not known.
    const query = {
      ...(appKey !== undefined && { appKey: checkText("appKey", appKey) }),
      ...(includeProfile === true && { includeProfile }),
      ...(includeData === true && { includeData }),
    };
    const result = await call("GET", "/credentials", { ...init, params: { query } });
    const credentials: unknown = unwrap(result);
    if (isCredentialList(credentials)) return credentials;
    throw invalidResponseError(
      result.response,
      "its body is not an array of credentials",
      CallResult.detailsOf(result),
    );
  }

  async function create(
    input: CreateCredentialInput,
    options: CreateCredentialOptions & { onOtp: OnOtp },
  ): Promise<Credential>;
  async function create(
    input: CreateCredentialInput,
    options?: CreateCredentialOptions,
  ): Promise<Credential | OtpChallenge>;
  async function create(
    input: CreateCredentialInput,
    given: CreateCredentialOptions = {},
  ): Promise<Credential | OtpChallenge> {
    const options = checkOptions(given, `${OPERATION_OPTIONS} confirm onOtp`, "credentials.create");
    checkCreateInput(input);
    const { onOtp, confirm } = options;
    // Before anything is sent: without a WebSocket, the code could not be submitted.
    const socket = onOtp === undefined ? undefined : (webSocket ?? platformWebSocket());
    const init = operationInit(options);
    let thrownByOnOtp: unknown;
    const post = async (): Promise<Credential | OtpChallenge> => {
      const result = await call("POST", "/credentials", { ...init, body: input });
      const created = createdOf(unwrap(result));
      const details = CallResult.detailsOf(result);
      if (created === undefined) {
        const problem = "its body is neither a credential nor a one-time-password challenge";
        throw invalidResponseError(result.response, problem, details);
      }
      if (onOtp === undefined || socket === undefined || !isOtpChallenge(created)) return created;
      const ask = async (prompt: OtpPrompt): Promise<unknown> => {
        try {
          return await onOtp(created, prompt);
        } catch (thrown) {
          thrownByOnOtp = thrown;
          throw thrown;
        }
      };
      return runOtpExchange(created.otpChallengeId, ask, otpSettings(options, socket, details?.redact));
    };
    if (confirm !== true) return post();
    const { appKey } = input;
    // Past every cache: an old list would make an old credential look new.
    const fresh = isRefused("GET", settings.baseUrl, { cache: "no-store" }) ? init : { ...init, cache: "no-store" };
    const listOfApp: ListCredentials = (overrides) => list({ appKey }, { ...fresh, ...overrides });
    const isOfCreate = (failure: unknown) => failure !== thrownByOnOtp;
    return confirmCreate(post, isOfCreate, listOfApp, appKey, options.signal ?? undefined);
  }

  const otpSettings = (
    { signal, timeout }: CallOptions,
    socket: WebSocketConstructor,
    redact?: Redact,
  ): OtpSettings => ({
    redact: redact ?? ((text) => text),
    baseUrl: settings.baseUrl,
    webSocket: socket,
    signal: signal ?? undefined,
    timeout: timeout ?? settings.timeout,
  });

  return {
    create,
    async submitOtp(challenge, code, given = {}) {
      const options = checkOptions(given, "signal timeout retry", "credentials.submitOtp");
      return submitCode(challenge, code, otpSettings(options, webSocket ?? platformWebSocket()));
    },
    async list(input = {}, options = {}) {
      return list(input, operationInit(checkOptions(options, OPERATION_OPTIONS, "credentials.list")));
    },
    async update(credentialId, input, options = {}) {
      const init = operationInit(checkOptions(options, OPERATION_OPTIONS, "credentials.update"));
      const path = { credentialId: checkCredentialId(credentialId) };
      checkInput(input, "entitiesToSync", "credentials.update");
      const body = { entitiesToSync: input.entitiesToSync };
      unwrap(await call("PUT", "/credentials/{credentialId}", { ...init, ...UNREAD, params: { path }, body }));
    },
    async delete(credentialId, options = {}) {
      const init = operationInit(checkOptions(options, OPERATION_OPTIONS, "credentials.delete"));
      const query = { credentialId: checkCredentialId(credentialId) };
      unwrap(await call("DELETE", "/credentials", { ...init, ...UNREAD, params: { query } }));
    },
    async authorizeUrl(input, options = {}) {
      const init = operationInit(checkOptions(options, OPERATION_OPTIONS, "credentials.authorizeUrl"));
      checkInput(input, "appKey entitiesToSync customParams", "credentials.authorizeUrl");
      checkText("appKey", input.appKey);
      const result = await call("POST", "/oauth/authorize-url", { ...init, body: input });
      const authorization: unknown = unwrap(result);
      if (isAuthorizeUrl(authorization)) return authorization;
      const problem = "its body has no http or https `url` with a `requestId`";
      throw invalidResponseError(result.response, problem, CallResult.detailsOf(result));
    },
  };
}

/** Type guard: whether a one-time password is needed before the credential exists. */
export function isOtpChallenge(value: unknown): value is OtpChallenge {
  const id = memberOf(value, "otpChallengeId");
  return typeof id === "string" && id !== "";
}

function createdOf(body: unknown): CreateCredentialResponse | undefined {
  // Only the id of a challenge is needed to continue. Rollout's own client shows the rest if it is present.
  if (isOtpChallenge(body)) return { ...body, message: typeof body.message === "string" ? body.message : "" };
  return isCredential(body) ? body : undefined;
}

/** Type guard: whether a value is a credential. An empty id is none. */
export function isCredential(body: unknown): body is Credential {
  const id = memberOf(body, "id");
  return typeof id === "string" && id !== "";
}

function isCredentialList(body: unknown): body is ListedCredential[] {
  return Array.isArray(body) && body.every((entry) => typeof memberOf(entry, "id") === "string");
}

/** Type guard: whether a value is an authorization. A url of `javascript:` must not reach a browser that opens it. */
export function isAuthorizeUrl(body: unknown): body is AuthorizeUrl {
  const url = memberOf(body, "url");
  return (
    typeof url === "string" &&
    URL.canParse(url) &&
    ["http:", "https:"].includes(new URL(url).protocol) &&
    typeof memberOf(body, "requestId") === "string"
  );
}

/** Checks the input of a create. The message quotes no value. */
function checkCreateInput(input: unknown): void {
  if (!isObject(input)) throw badInput("input", "must be an object with appKey and userInputs");
  const { appKey, userInputs } = input;
  checkText("appKey", appKey, ', such as "follow-up-boss"');
  if (!isObject(userInputs))
    throw badInput("userInputs", "must be an object, with one entry for each input of the connector");
  for (const [name, value] of Object.entries(userInputs)) {
    const isText =
      typeof value === "string" || (Array.isArray(value) && value.every((each) => typeof each === "string"));
    if (!isText) throw badInput(`userInputs.${name}`, "must be a string, or an array of strings");
  }
}

function checkCredentialId(value: unknown): string {
  if (isPathSegment(value)) return value;
  const isMissing = value === undefined || value === null;
  const problem = isMissing ? "is missing" : 'must be the id of a credential: a string other than "", "." and ".."';
  throw badInput("credentialId", problem);
}

function badInput(argument: string, problem: string): RolloutConfigError {
  return new RolloutConfigError("invalid_input", argument, problem);
}
