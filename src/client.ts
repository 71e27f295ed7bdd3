import { createApi, type RolloutApi } from "./api.ts";
import { type CredentialOperations, createCredentialOperations } from "./credentials.ts";
import type { paths } from "./generated/openapi.ts";
import { checkApiOptions, checkFunction, type RolloutApiOptions } from "./options.ts";
import type { WebSocketConstructor } from "./otp-socket.ts";

/** Options of {@link createRolloutClient}. */
export interface RolloutClientOptions extends RolloutApiOptions {
  /** The `WebSocket` for one-time passwords. Default: the platform's; Node has one from version 22 on. */
  webSocket?: WebSocketConstructor | undefined;
}

/** A client of Rollout's Universal API. */
export interface RolloutClient {
  /** Every operation of the document, as an openapi-fetch client. */
  readonly api: RolloutApi<paths>;
  /** Creating credentials, with the one-time password that may be asked for. */
  readonly credentials: CredentialOperations;
}

/**
 * Makes a client of Rollout's Universal API. It is cheap: a server makes one for each of its users.
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
  const settings = checkApiOptions(options, "createRolloutClient", ["webSocket"]);
  const webSocket = checkFunction("webSocket", options.webSocket);
  const api = createApi<paths>(settings);
  return { api, credentials: createCredentialOperations(api, { ...settings, webSocket }) };
}
