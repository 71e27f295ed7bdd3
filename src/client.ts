import { createApi } from "./api.ts";
import type { RolloutApi } from "./api-types.ts";
import { type ConnectorOperations, createConnectorOperations } from "./connectors.ts";
import type { CredentialOperations } from "./credentials/credential-operations.ts";
import { createCredentialOperations } from "./credentials/credentials.ts";
import { serverUrl } from "./generated/document.ts";
import type { paths } from "./generated/openapi.ts";
import { checkApiOptions, type SharedOptions } from "./options.ts";

/** Options of {@link createRolloutClient}. */
export interface RolloutClientOptions extends SharedOptions {
  /**
   * The URL of the API. `http:` is refused except on loopback addresses, unless `dangerouslyAllowHttp` is set.
   *
   * @default the first server of the OpenAPI document
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
 * Creates a client of Rollout's Universal API. This is cheap: a server creates one for each of its users.
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
  const settings = checkApiOptions(options, "createRolloutClient", serverUrl);
  const { api, call } = createApi<paths>(settings);
  return {
    api,
    credentials: createCredentialOperations(call, { ...settings, webSocket: options.webSocket }),
    connectors: createConnectorOperations(call),
  };
}
