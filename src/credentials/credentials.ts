import { type Call, type CallInit, detailsOf } from "../call/call.ts";
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
import { invalidInput } from "../errors/errors.ts";
import { type CallOptions, callSettings, type OperationOptions, operationInit, type Settings } from "../options.ts";
import { unusableError, unwrap, unwrapAs } from "../unwrap.ts";
import { isObject, isPathSegment, isText, memberOf } from "../values.ts";
import { findNew, idsOf, isUnclear } from "./confirm.ts";
import { type OtpPrompt, runOtpExchange, type WebSocketConstructor, webSocketOf } from "./otp.ts";

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
   * lists the user's credentials of the app first (if that fails, nothing is created). After such a failure it lists them again,
   * up to three times in about four seconds, each with at most 5 s, and resolves to the one that is new. If there is none, or
   * there are several, it rejects with the first error, whose message says so. Two creates of one user for one app at the same
   * time cannot be told apart: both may resolve to the credential of one. @default false
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

/**
 * The operations on credentials. Each rejects with a {@link RolloutCallError} when the call fails, with a
 * {@link RolloutConfigError} when an argument cannot be used, and with the reason of `signal` when it aborts.
 */
export interface CredentialOperations {
  /**
   * Creates a credential, and submits the codes that `onOtp` returns if a one-time password is needed.
   *
   * @throws {@link RolloutOtpError} when the one-time password fails
   */
  create(input: CreateCredentialInput, options: CreateCredentialOptions & { onOtp: OnOtp }): Promise<Credential>;
  /**
   * Creates a credential. The result may be a challenge instead: check with `isOtpChallenge`, and continue with `submitOtp`.
   * Source: `POST /credentials`, operation `post_credentials`.
   *
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
   * Submits the code for a challenge, from any process, and waits for the credential. Source: observed in Rollout's own browser
   * client, not in the OpenAPI document.
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
  /** Lists the credentials of the token's user. Source: `GET /credentials`, page "List Credentials" of Rollout's API reference. */
  list(input?: ListCredentialsInput, options?: OperationOptions): Promise<ListedCredential[]>;
  /** Changes which entities of a connected account are synced. Source: operation `put_credentials_credentialid`. */
  update(credentialId: string, input: UpdateCredentialInput, options?: OperationOptions): Promise<void>;
  /**
   * Disconnects an account. If a first attempt took effect but its response was lost, the retry may end with `not_found`: its
   * `mayHaveSucceeded` is `true`. Source: `DELETE /credentials`, page "Delete Credentials" of Rollout's API reference.
   */
  delete(credentialId: string, options?: OperationOptions): Promise<void>;
  /**
   * Gets the page on which the user connects an account of an app that uses OAuth (`auth.type` of its connector is `oauth1` or
   * `oauth2`). Its `url` is `http:` or `https:`. Source: `POST /oauth/authorize-url`, page "Create Oauth" of the API reference.
   */
  authorizeUrl(input: AuthorizeUrlInput, options?: OperationOptions): Promise<AuthorizeUrl>;
}

const OPERATION_OPTIONS = "signal timeout retry headers";

// Rollout does not document the body of a success, so it is not read.
const UNREAD = { parseAs: "stream" } as const;

/** Creates the operations on credentials of one client. */
export function createCredentialOperations(
  call: Call,
  settings: Settings,
  webSocket: WebSocketConstructor | undefined,
): CredentialOperations {
  async function list(query: Record<string, unknown>, init: CallInit): Promise<ListedCredential[]> {
    const result = await call("GET", "/credentials", { ...init, params: { query } });
    return unwrapAs(result, isCredentialList, "its body is not an array of credentials");
  }

  function create(input: CreateCredentialInput, given: CreateCredentialOptions & { onOtp: OnOtp }): Promise<Credential>;
  function create(input: CreateCredentialInput, given?: CreateCredentialOptions): Promise<Credential | OtpChallenge>;
  async function create(input: CreateCredentialInput, given: CreateCredentialOptions = {}): Promise<object> {
    const options = checkOptions(given, `${OPERATION_OPTIONS} confirm onOtp`, "credentials.create");
    checkCreateInput(input);
    const { onOtp, confirm, signal, timeout } = options;
    // Before anything is sent: without a WebSocket, the code could not be submitted.
    const socket = onOtp && webSocketOf(webSocket);
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
        const otpSettings = callSettings(settings, { signal, timeout });
        return runOtpExchange(created.otpChallengeId, ask, otpSettings, socket, detailsOf(result)?.redact);
      }
      if (isCredential(created)) return created;
      throw unusableError(result, "its body is neither a credential nor a one-time-password challenge");
    };

    if (confirm !== true) return post(input);
    // A snapshot: the caller may reuse the object for another user before the request is sent.
    const written: unknown = JSON.parse(String(serializeBody(input, new Headers())));
    const { appKey } = input;
    // Past every cache: an old list would make an old credential look new.
    const fresh = isRefused(settings.baseUrl, { cache: "no-store" }) ? init : { ...init, cache: "no-store" };
    const listIds = async (look?: CallOptions) => idsOf(await list({ appKey }, { ...fresh, ...look }), appKey);
    const known = await listIds();
    try {
      return await post(written);
    } catch (failure) {
      // What `onOtp` throws may be an error of another create.
      if (failure === thrownByOnOtp || !isUnclear(failure)) throw failure;
      return findNew(known, listIds, failure, signal ?? undefined);
    }
  }

  return {
    create,
    async submitOtp(challenge, code, given = {}) {
      const { signal, timeout } = checkOptions(given, "signal timeout retry", "credentials.submitOtp");
      const otpChallengeId = typeof challenge === "string" ? challenge : challenge?.otpChallengeId;
      const answer = ({ rejected }: OtpPrompt): string => {
        if (rejected !== undefined) throw rejected;
        return checkText("code", typeof code === "string" ? code.trim() : code);
      };
      return runOtpExchange(
        otpChallengeId,
        answer,
        callSettings(settings, { signal, timeout }),
        webSocketOf(webSocket),
      );
    },
    async list(input = {}, options) {
      const init = initOf(options, "credentials.list");
      const known = "appKey includeProfile includeData";
      const { appKey, includeProfile, includeData } = checkInput(input, known, "credentials.list");
      if (appKey !== undefined) checkText("appKey", appKey);
      // Only `true` is sent: how the server reads "false" is not known.
      return list({ appKey, includeProfile: includeProfile || undefined, includeData: includeData || undefined }, init);
    },
    async update(credentialId, input, options) {
      const init = initOf(options, "credentials.update");
      const path = { credentialId: checkCredentialId(credentialId) };
      const body = checkInput(input, "entitiesToSync", "credentials.update");
      unwrap(await call("PUT", "/credentials/{credentialId}", { ...init, ...UNREAD, params: { path }, body }));
    },
    async delete(credentialId, options) {
      const init = initOf(options, "credentials.delete");
      const query = { credentialId: checkCredentialId(credentialId) };
      unwrap(await call("DELETE", "/credentials", { ...init, ...UNREAD, params: { query } }));
    },
    async authorizeUrl(input, options) {
      const init = initOf(options, "credentials.authorizeUrl");
      const body = checkInput(input, "appKey entitiesToSync customParams", "credentials.authorizeUrl");
      checkText("appKey", body.appKey);
      const result = await call("POST", "/oauth/authorize-url", { ...init, body });
      return unwrapAs(result, isAuthorizeUrl, "its body has no http or https `url` with a `requestId`");
    },
  };
}

function initOf(options: OperationOptions = {}, operation: string): CallInit {
  return operationInit(checkOptions(options, OPERATION_OPTIONS, operation));
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
  const isHttp = /^https?:\/\//i.test(String(memberOf(body, "url")));
  return isHttp && typeof memberOf(body, "requestId") === "string";
}

/** Checks the input of a create. The message quotes no value. */
function checkCreateInput(input: unknown): void {
  if (!isObject(input)) throw invalidInput("input", "must be an object with appKey and userInputs");
  const { appKey, userInputs }: Record<string, unknown> = Object.assign(Object.create(null), input);
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
  throw invalidInput("credentialId", 'must be the id of a credential: a string other than "", "." and ".."');
}
