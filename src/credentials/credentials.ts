import { type ApiResult, type Call, type CallInit, detailsOf } from "../call/call.ts";
import { isRefused, serializeBody } from "../call/request.ts";
import { checkInput, checkOptions, checkText } from "../checks.ts";
import type {
  AppKey,
  AuthorizeUrl,
  AuthorizeUrlInput,
  CreateCredentialInput,
  Credential,
  EntityToSync,
  ListedCredential,
  OtpChallenge,
} from "../document-types.ts";
import { invalidResponseError } from "../errors/call-errors.ts";
import { invalidInput, type RolloutResponseError } from "../errors/errors.ts";
import { type CallOptions, callSettings, type OperationOptions, operationInit, type Settings } from "../options.ts";
import { unwrap } from "../unwrap.ts";
import { isObject, isPathSegment, isText, memberOf } from "../values.ts";
import { confirmCreate, type ListCredentials } from "./confirm.ts";
import { type OtpPrompt, platformWebSocket, runOtpExchange, submitCode, type WebSocketConstructor } from "./otp.ts";

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
   * lists the user's credentials of the app before it creates one (if that fails, nothing is created). After such a failure it
   * lists them again, up to three times in about four seconds, each with at most 5 s, and resolves to the one that is new. If
   * there is none, or there are several, it rejects with the first error, whose message says so. `signal` ends the search too.
   *
   * Two creates of one user for one app at the same time cannot be told apart: both may resolve to the credential of one.
   *
   * @default false
   */
  confirm?: boolean | undefined;
  /**
   * Asks a person for the code if a one-time password is needed, again after each code that was rejected. What it throws is
   * thrown by `credentials.create` unchanged. @default the call resolves to the challenge
   */
  onOtp?: OnOtp | undefined;
}

/** Options of one call of `credentials.submitOtp`: `timeout` is for each wait for the server. */
export interface SubmitOtpOptions extends CallOptions {
  /** Has no effect: a code is sent once. @default false */
  retry?: CallOptions["retry"];
}

/** Returns the code that a person entered for a challenge, or `undefined` or `null` to stop. */
export type OnOtp = (
  challenge: OtpChallenge,
  prompt: OtpPrompt,
) => string | null | undefined | Promise<string | null | undefined>;

/** The operations on credentials. Each rejects with the reason of `signal` when it aborts. */
export interface CredentialOperations {
  /**
   * Creates a credential, and submits the codes that `onOtp` returns if a one-time password is needed.
   *
   * Source: `POST /credentials`, operation `post_credentials`. The one-time password is not in the document.
   *
   * @throws {@link RolloutOtpError} when the one-time password fails; otherwise as without `onOtp`
   */
  create(input: CreateCredentialInput, options: CreateCredentialOptions & { onOtp: OnOtp }): Promise<Credential>;
  /**
   * Creates a credential. The result may be a challenge instead: check with `isOtpChallenge`, and continue with `submitOtp`.
   *
   * Source: `POST /credentials`, operation `post_credentials`.
   *
   * @throws {@link RolloutCallError} when the call fails; {@link RolloutConfigError} when an argument cannot be used
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
   * @param code - what the person entered
   * @throws {@link RolloutOtpError} `otp_rejected` when another code may be tried, `otp_failed` when the exchange failed
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
   * @throws {@link RolloutCallError} when the call fails; {@link RolloutConfigError} when an argument cannot be used
   */
  list(input?: ListCredentialsInput, options?: OperationOptions): Promise<ListedCredential[]>;
  /**
   * Changes which entities of a connected account are synced.
   *
   * Source: `PUT /credentials/{credentialId}`, operation `put_credentials_credentialid`.
   *
   * @throws {@link RolloutCallError} when the call fails; {@link RolloutConfigError} when an argument cannot be used
   */
  update(credentialId: string, input: UpdateCredentialInput, options?: OperationOptions): Promise<void>;
  /**
   * Disconnects an account. If a first attempt took effect but its response was lost, the retry may end with `not_found`: its
   * `mayHaveSucceeded` is `true`.
   *
   * Source: `DELETE /credentials`, page "Delete Credentials" of Rollout's API reference.
   *
   * @throws {@link RolloutCallError} when the call fails; {@link RolloutConfigError} when an argument cannot be used
   */
  delete(credentialId: string, options?: OperationOptions): Promise<void>;
  /**
   * Gets the page on which the user connects an account of an app that uses OAuth (`auth.type` of its connector is `oauth1` or
   * `oauth2`). Its `url` is `http:` or `https:`.
   *
   * Source: `POST /oauth/authorize-url`, page "Create Oauth" of Rollout's API reference.
   *
   * @throws {@link RolloutCallError} when the call fails; {@link RolloutConfigError} when an argument cannot be used
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
    if (appKey !== undefined) checkText("appKey", appKey);
    // Only `true` is sent: how the server reads "false" is not known.
    const query = {
      appKey,
      includeProfile: includeProfile === true || undefined,
      includeData: includeData === true || undefined,
    };
    const result = await call("GET", "/credentials", { ...init, params: { query } });
    const credentials: unknown = unwrap(result);
    if (isCredentialList(credentials)) return credentials;
    throw unexpectedBody(result, "its body is not an array of credentials");
  }

  function create(input: CreateCredentialInput, given: CreateCredentialOptions & { onOtp: OnOtp }): Promise<Credential>;
  function create(input: CreateCredentialInput, given?: CreateCredentialOptions): Promise<Credential | OtpChallenge>;
  async function create(input: CreateCredentialInput, given: CreateCredentialOptions = {}): Promise<object> {
    const options = checkOptions(given, `${OPERATION_OPTIONS} confirm onOtp`, "credentials.create");
    checkCreateInput(input);
    const { onOtp, confirm, signal, timeout } = options;
    // Before anything is sent: without a WebSocket, the code could not be submitted.
    const socket = onOtp && (webSocket ?? platformWebSocket());
    const init = operationInit(options);
    let thrownByOnOtp: unknown;
    const post = async (body: unknown): Promise<Credential | OtpChallenge> => {
      const result = await call("POST", "/credentials", { ...init, body });
      const created: unknown = unwrap(result);
      if (isOtpChallenge(created)) {
        // Only the id is needed to continue. Rollout's own client shows the message if it is present.
        const challenge = { ...created, message: typeof created.message === "string" ? created.message : "" };
        if (onOtp === undefined || socket === undefined) return challenge;
        const ask = async (prompt: OtpPrompt): Promise<unknown> => {
          try {
            return await onOtp(challenge, prompt);
          } catch (thrown) {
            thrownByOnOtp = thrown;
            throw thrown;
          }
        };
        const redact = detailsOf(result)?.redact;
        return runOtpExchange(
          challenge.otpChallengeId,
          ask,
          callSettings(settings, { signal, timeout }),
          socket,
          redact,
        );
      }
      if (isCredential(created)) return created;
      throw unexpectedBody(result, "its body is neither a credential nor a one-time-password challenge");
    };
    if (confirm !== true) return post(input);
    // What the caller's object holds by the time of the request may be another user's.
    const written: unknown = JSON.parse(String(serializeBody(input, new Headers())));
    const { appKey } = input;
    // Past every cache: an old list would make an old credential look new.
    const fresh = isRefused(settings.baseUrl, { cache: "no-store" }) ? init : { ...init, cache: "no-store" };
    const listOfApp: ListCredentials = (overrides) => list({ appKey }, { ...fresh, ...overrides });
    return confirmCreate(
      () => post(written),
      (failure) => failure !== thrownByOnOtp,
      listOfApp,
      appKey,
      signal ?? undefined,
    );
  }

  return {
    create,
    async submitOtp(challenge, code, given = {}) {
      const { signal, timeout } = checkOptions(given, "signal timeout retry", "credentials.submitOtp");
      return submitCode(challenge, code, callSettings(settings, { signal, timeout }), webSocket ?? platformWebSocket());
    },
    async list(input = {}, options) {
      return list(input, initOf(options, "credentials.list"));
    },
    async update(credentialId, input, options) {
      const init = initOf(options, "credentials.update");
      const path = { credentialId: checkCredentialId(credentialId) };
      checkInput(input, "entitiesToSync", "credentials.update");
      const body = { entitiesToSync: input.entitiesToSync };
      unwrap(await call("PUT", "/credentials/{credentialId}", { ...init, ...UNREAD, params: { path }, body }));
    },
    async delete(credentialId, options) {
      const init = initOf(options, "credentials.delete");
      const query = { credentialId: checkCredentialId(credentialId) };
      unwrap(await call("DELETE", "/credentials", { ...init, ...UNREAD, params: { query } }));
    },
    async authorizeUrl(input, options) {
      const init = initOf(options, "credentials.authorizeUrl");
      checkInput(input, "appKey entitiesToSync customParams", "credentials.authorizeUrl");
      checkText("appKey", input.appKey);
      const result = await call("POST", "/oauth/authorize-url", { ...init, body: input });
      const authorization: unknown = unwrap(result);
      if (isAuthorizeUrl(authorization)) return authorization;
      throw unexpectedBody(result, "its body has no http or https `url` with a `requestId`");
    },
  };
}

function initOf(options: OperationOptions = {}, operation: string): CallInit {
  return operationInit(checkOptions(options, OPERATION_OPTIONS, operation));
}

function unexpectedBody(result: ApiResult, problem: string): RolloutResponseError {
  return invalidResponseError(result.response, problem, detailsOf(result));
}

/** Type guard: whether a one-time password is needed before the credential exists. */
export function isOtpChallenge(value: unknown): value is OtpChallenge {
  return isText(memberOf(value, "otpChallengeId"));
}

/** Type guard: whether a value is a credential. An empty id is none. */
export function isCredential(body: unknown): body is Credential {
  return isText(memberOf(body, "id"));
}

function isCredentialList(body: unknown): body is ListedCredential[] {
  return Array.isArray(body) && body.every((entry) => typeof memberOf(entry, "id") === "string");
}

/** Type guard: whether a value is an authorization. A url of `javascript:` must not reach a browser that opens it. */
export function isAuthorizeUrl(body: unknown): body is AuthorizeUrl {
  const url = memberOf(body, "url");
  const isHttp = isText(url) && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  return isHttp && typeof memberOf(body, "requestId") === "string";
}

/** Checks the input of a create. The message quotes no value. */
function checkCreateInput(input: unknown): void {
  if (!isObject(input)) throw invalidInput("input", "must be an object with appKey and userInputs");
  const { appKey, userInputs } = input;
  checkText("appKey", appKey, ', such as "follow-up-boss"');
  if (!isObject(userInputs))
    throw invalidInput("userInputs", "must be an object, with one entry for each input of the connector");
  for (const [name, value] of Object.entries(userInputs)) {
    const isEntered = [value].flat().every((each) => typeof each === "string");
    if (!isEntered) throw invalidInput(`userInputs.${name}`, "must be a string, or an array of strings");
  }
}

function checkCredentialId(value: unknown): string {
  if (isPathSegment(value)) return value;
  const isMissing = value === undefined || value === null;
  const problem = isMissing ? "is missing" : 'must be the id of a credential: a string other than "", "." and ".."';
  throw invalidInput("credentialId", problem);
}
