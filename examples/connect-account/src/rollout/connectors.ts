import { type Connector, type ConnectorInput, type WayToConnect, waysToConnect } from "rollout-client";

/** What a user entered, by the key of each input. */
export type UserInputs = Record<string, string | string[]>;

/** How a user of a plan connects. Without a plan, or with one that the app lacks, the first one counts. */
export function wayToConnect(connector: Connector, plan: string | undefined): WayToConnect | undefined {
  const ways = waysToConnect(connector);
  return ways.find((way) => way.plan === plan) ?? ways[0];
}

/** A plan as people read it: Rollout publishes its key alone. */
export function planName(plan: string): string {
  const words = plan.replaceAll(/[-_]+/g, " ").replaceAll(/([a-z])([A-Z])/g, "$1 $2");
  return words.charAt(0).toUpperCase() + words.slice(1).toLowerCase();
}

/** Whether the value must not be shown or stored. The name counts too: some apps ask for an API key as plain text. */
export function isSecret({ type, key }: ConnectorInput): boolean {
  return type === "secret" || /key|token|secret|password/i.test(key);
}

/** Whether the value is a list of texts. */
export function isList({ type }: ConnectorInput): boolean {
  return type === "textfield[]";
}

/** What may be stored and shown again. */
export function withoutSecrets(userInputs: UserInputs, inputs: readonly ConnectorInput[]): UserInputs {
  const kept = inputs.filter((input) => !isSecret(input)).map(({ key }) => key);
  return Object.fromEntries(Object.entries(userInputs).filter(([key]) => kept.includes(key)));
}

/** The inputs that need a value: all but lists, and of a choice one that is offered. */
export function invalidInputs(userInputs: UserInputs, inputs: readonly ConnectorInput[]): ConnectorInput[] {
  return inputs.filter((input) => {
    const value = userInputs[input.key];
    const choices = choicesOf(input);
    if (choices.length > 0) return !choices.some((choice) => choice.value === value);
    return !isList(input) && value === undefined;
  });
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
