import type { RolloutApi } from "./api-types.ts";
import { type Call, type CallInit, createCall } from "./call/call.ts";
import { type ConnectorOperations, createConnectorOperations } from "./connectors.ts";
import { type CredentialOperations, createCredentialOperations } from "./credentials/credentials.ts";
import { serverUrl } from "./generated/document.ts";
import type { paths } from "./generated/openapi.ts";
import { clientSettings, type RolloutApiOptions, type Settings, type SharedOptions } from "./options.ts";

/** Options of {@link createRolloutClient}. */
export interface RolloutClientOptions extends SharedOptions {
  /**
   * The URL of the API. `http:` is for loopback addresses only, unless `dangerouslyAllowHttp` is set.
   * @default "https://universal.rollout.com/api"
   */
  baseUrl?: string | URL | undefined;
}

/** A client of Rollout's Universal API. */
export interface RolloutClient {
  /** Every operation of the document, as an openapi-fetch client. */
  readonly api: RolloutApi<paths>;
  /** Creates credentials, with a one-time password if one is needed, and lists, changes and deletes them. */
  readonly credentials: CredentialOperations;
  /** Lists the apps that Rollout connects to. */
  readonly connectors: ConnectorOperations;
}

/**
 * Creates a client of Rollout's Universal API. Creating a client is cheap, so a server can create one for each user; give all
 * of them the same `rateLimiter`, because the API's limit is for all users together.
 *
 * @throws {@link RolloutConfigError} when an option cannot be used
 * @example
 * ```ts
 * import { createRolloutClient, createTokenSigner } from "rollout-client";
 *
 * const signer = createTokenSigner();
 * const rollout = createRolloutClient({ token: signer.forUser("user_123") });
 * ```
 */
export function createRolloutClient(options: RolloutClientOptions): RolloutClient {
  const settings = clientSettings(options, "createRolloutClient", serverUrl);
  const { api, call } = createApi<paths>(settings);
  return {
    api,
    credentials: createCredentialOperations(call, settings, options.webSocket),
    connectors: createConnectorOperations(call),
  };
}

/**
 * Creates only the `api` of a client, for another of Rollout's APIs (CRM, TMS, LOS, email, calendar): the same
 * headers, errors and retries, with the types that openapi-typescript generates from its document:
 * `createRolloutApi<paths>({ token, credentialId, baseUrl: "https://crm.universal.rollout.com/api" })`.
 *
 * @throws {@link RolloutConfigError} when an option cannot be used
 */
export function createRolloutApi<Paths extends {}>(options: RolloutApiOptions): RolloutApi<Paths> {
  return createApi<Paths>(clientSettings(options, "createRolloutApi")).api;
}

/** Creates an `api` from checked settings, and the untyped call that it is built on. */
function createApi<Paths extends {}>(settings: Settings): { api: RolloutApi<Paths>; call: Call } {
  const { call, use, eject } = createCall(settings);
  const method = (name: string) => (path: string, init?: CallInit) => call(name, path, init);
  const api = {
    GET: method("GET"),
    PUT: method("PUT"),
    POST: method("POST"),
    DELETE: method("DELETE"),
    OPTIONS: method("OPTIONS"),
    HEAD: method("HEAD"),
    PATCH: method("PATCH"),
    TRACE: method("TRACE"),
    request: call,
    use,
    eject,
  };
  // Each method passes on its arguments and its result, so its type is that of the openapi-fetch method that it wraps.
  return { api: api as object as RolloutApi<Paths>, call };
}
