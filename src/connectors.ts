import { type Call, detailsOf } from "./call/call.ts";
import { checkInput, checkOptions } from "./checks.ts";
import type { Connector, ConnectorAuth, ConnectorInput } from "./document-types.ts";
import { invalidResponseError } from "./errors/call-errors.ts";
import { type OperationOptions, operationInit } from "./options.ts";
import { unwrap } from "./unwrap.ts";
import { isObject } from "./values.ts";

/** The operations on connectors: the apps that Rollout connects to. */
export interface ConnectorOperations {
  /**
   * Lists the apps that Rollout connects to, in the order of the response, with what each asks its users for.
   *
   * Source: `GET /connectors`, page "List Connectors" of Rollout's API reference.
   *
   * @param input - nothing so far: no parameter of this operation is published
   * @throws {@link RolloutApiError}, {@link RolloutNetworkError} or {@link RolloutResponseError} when the call fails;
   *   {@link RolloutConfigError} before anything is sent
   */
  list(input?: Record<string, never>, options?: OperationOptions): Promise<Connector[]>;
}

/** Creates the operations on connectors of one client. */
export function createConnectorOperations(call: Call): ConnectorOperations {
  return {
    async list(input = {}, options = {}) {
      checkInput(input, "", "connectors.list");
      const init = operationInit(checkOptions(options, "signal timeout retry headers", "connectors.list"));
      const result = await call("GET", "/connectors", init);
      const connectors: unknown = unwrap(result);
      if (isConnectors(connectors)) return Object.entries(connectors).map(([appKey, own]) => ({ ...own, appKey }));
      const problem = "its body is not an object of connectors";
      throw invalidResponseError(result.response, problem, detailsOf(result));
    },
  };
}

function isConnectors(body: unknown): body is Record<string, Omit<Connector, "appKey">> {
  return isObject(body) && Object.values(body).every(isObject);
}

/** One way to connect an account of an app. */
export interface WayToConnect {
  /**
   * `"form"`: show the fields and send their values as `userInputs` of `credentials.create`, with the `plan`. `"oauth"`: open
   * the page that `credentials.authorizeUrl` returns; where there are fields, their values go there, as `customParams`.
   */
  kind: "form" | "oauth";
  /** The plan of the app that this way is for; absent where the way is the same for all. */
  plan?: string;
  /** What to ask the user for. */
  fields: ConnectorInput[];
}

/**
 * The ways to connect an account of an app: one for each plan in the connector's `authByPlan`, in its order, or else the one
 * of `auth`. Only `oauth1` and `oauth2` are OAuth; any other `auth.type` counts as a form. Source: Rollout's browser client.
 *
 * @example
 * ```ts
 * import { createRolloutClient, waysToConnect } from "rollout-client";
 *
 * const rollout = createRolloutClient({ token: "a token" });
 * for (const connector of await rollout.connectors.list()) {
 *   for (const { kind, plan, fields } of waysToConnect(connector)) {
 *     console.log(connector.name, plan ?? "any plan", kind, fields.map(({ label }) => label));
 *   }
 * }
 * ```
 */
export function waysToConnect(connector: Pick<Connector, "auth" | "authByPlan">): WayToConnect[] {
  const plans = Object.entries(connector.authByPlan ?? {});
  if (plans.length > 0) return plans.map(([plan, auth]) => ({ plan, ...wayOf(auth) }));
  return connector.auth === undefined ? [] : [wayOf(connector.auth)];
}

function wayOf({ type, userInputsSchema }: ConnectorAuth): WayToConnect {
  return { kind: type === "oauth1" || type === "oauth2" ? "oauth" : "form", fields: userInputsSchema ?? [] };
}
