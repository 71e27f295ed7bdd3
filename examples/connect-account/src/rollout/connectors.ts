import type { Connector, ConnectorAuth, ConnectorInput } from "rollout-client";

/** How a user of a plan connects. Without a plan, or with one that the app lacks, the first plan counts. */
export function planOf(
  connector: Connector,
  wanted: string | undefined,
): { plan: string | undefined; auth: ConnectorAuth } {
  const plans = connector.authByPlan;
  const plan = wanted !== undefined && Object.hasOwn(plans, wanted) ? wanted : Object.keys(plans)[0];
  return { plan, auth: (plan === undefined ? undefined : plans[plan]) ?? connector.auth };
}

/** Whether the account is connected on a page of the app instead of with a form. */
export function usesOAuth({ type }: ConnectorAuth): boolean {
  return type === "oauth1" || type === "oauth2";
}

export interface Choice {
  value: string;
  label: string;
}

/** The choices of an input; empty when it has none. Their shape is not documented: texts, or objects with `value` and `label`. */
export function choicesOf({ options }: ConnectorInput): Choice[] {
  return Array.isArray(options) ? options.flatMap(readChoice) : [];
}

function readChoice(option: unknown): Choice[] {
  if (typeof option === "string") return [{ value: option, label: option }];
  if (typeof option !== "object" || option === null || !("value" in option)) return [];
  const { value } = option;
  if (typeof value !== "string") return [];
  return [{ value, label: "label" in option && typeof option.label === "string" ? option.label : value }];
}
