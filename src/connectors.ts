import { type Call, CallResult } from "./call/call.ts";
import { checkOptions } from "./checks.ts";
import type { Connector } from "./document-types.ts";
import { invalidResponseError } from "./errors/call-errors.ts";
import { type OperationOptions, operationInit } from "./options.ts";
import { unwrap } from "./unwrap.ts";
import { isObject } from "./values.ts";

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
      const init = operationInit(checkOptions(options, "signal timeout retry headers", "connectors.list"));
      const result = await call("GET", "/connectors", init);
      const connectors: unknown = unwrap(result);
      if (!isConnectors(connectors)) {
        throw invalidResponseError(
          result.response,
          "its body is not an object of connectors",
          CallResult.detailsOf(result),
        );
      }
      return Object.entries(connectors).map(([appKey, connector]) => ({ ...connector, appKey }));
    },
  };
}

function isConnectors(body: unknown): body is Record<string, Omit<Connector, "appKey">> {
  return isObject(body) && Object.values(body).every(isObject);
}
