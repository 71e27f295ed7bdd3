import type { Call } from "./call/call.ts";
import { reportOf } from "./call/result.ts";
import type { Connector } from "./document-types.ts";
import { invalidResponseError } from "./errors/from-response.ts";
import { callInit, checkOperationOptions, type OperationOptions } from "./operation-options.ts";
import { unwrap } from "./unwrap.ts";
import { isObject } from "./values/json.ts";

/** The operations on connectors: the apps that Rollout connects to. */
export interface ConnectorOperations {
  /**
   * Lists the apps that Rollout connects to, in the order of the response, with what each asks its users for.
   *
   * Source: `GET /connectors`, page "List Connectors" of Rollout's API reference. The response is an object by app key; each
   * connector here has its key as `appKey`.
   *
   * @throws {@link RolloutApiError}, {@link RolloutNetworkError}, {@link RolloutResponseError} when the call fails,
   *   {@link RolloutConfigError} before anything is sent, and the reason of `signal` when it aborts
   * @example
   * ```ts
   * import { createRolloutClient } from "rollout-client";
   *
   * const rollout = createRolloutClient({ token: "a token" });
   * for (const { appKey, name, auth } of await rollout.connectors.list()) {
   *   console.log(appKey, name, auth.userInputsSchema.map(({ label }) => label));
   * }
   * ```
   */
  list(options?: OperationOptions): Promise<Connector[]>;
}

/** Creates the operations on connectors of one client. */
export function createConnectorOperations(call: Call): ConnectorOperations {
  return {
    async list(options = {}) {
      checkOperationOptions(options, "connectors.list");
      const result = await call("GET", "/connectors", callInit(options));
      const connectors: unknown = unwrap(result);
      if (!isConnectors(connectors)) {
        throw invalidResponseError(result.response, "its body is not an object of connectors", reportOf(result));
      }
      return Object.entries(connectors).map(([appKey, connector]) => ({ ...connector, appKey }));
    },
  };
}

function isConnectors(body: unknown): body is Record<string, Omit<Connector, "appKey">> {
  return isObject(body) && Object.values(body).every(isObject);
}
