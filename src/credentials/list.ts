import type { Call, CallInit } from "../call/call.ts";
import { reportOf } from "../call/result.ts";
import type { AppKey, ListedCredential } from "../document-types.ts";
import { checkKeys, checkText } from "../errors/checks.ts";
import { RolloutConfigError } from "../errors/classes.ts";
import { invalidResponseError } from "../errors/from-response.ts";
import { unwrap } from "../unwrap.ts";
import { memberOf } from "../values/json.ts";

/** Which credentials `credentials.list` returns, and with which extra fields. */
export interface ListCredentialsInput {
  /** Only the credentials of this app. @default those of all apps */
  appKey?: AppKey | undefined;
  /** Whether to add `profile` to each credential. @default false */
  includeProfile?: boolean | undefined;
  /** Whether to add `data` to each credential. It may contain secrets: do not log it. @default false */
  includeData?: boolean | undefined;
}

/** The credentials of the token's user, with the headers of the response. */
export interface CredentialList {
  readonly credentials: ListedCredential[];
  readonly headers: Headers;
}

/** Lists the credentials of the token's user. */
export async function listCredentials(
  call: Call,
  input: ListCredentialsInput,
  init: CallInit,
): Promise<CredentialList> {
  const result = await call("GET", "/credentials", { ...init, params: { query: queryOf(input) } });
  const credentials: unknown = unwrap(result);
  const { response } = result;
  if (!isCredentialList(credentials)) {
    throw invalidResponseError(response, "its body is not an array of credentials", reportOf(result));
  }
  return { credentials, headers: response.headers };
}

// Sent only if it is true: how the server reads "false" is not known.
function queryOf(input: ListCredentialsInput): Record<string, unknown> {
  checkKeys(input, ["appKey", "includeProfile", "includeData"], "credentials.list");
  const { appKey } = input;
  return {
    ...(appKey === undefined ? {} : { appKey: checkText("appKey", appKey) }),
    ...(isWanted("includeProfile", input.includeProfile) ? { includeProfile: true } : {}),
    ...(isWanted("includeData", input.includeData) ? { includeData: true } : {}),
  };
}

function isWanted(option: string, value: boolean | undefined): boolean {
  if (value === undefined || typeof value === "boolean") return value === true;
  throw new RolloutConfigError(option, "must be a boolean");
}

function isCredentialList(body: unknown): body is ListedCredential[] {
  return Array.isArray(body) && body.every((entry) => typeof memberOf(entry, "id") === "string");
}
