import { RolloutConfigError } from "../errors/errors.ts";
import { isBrowser } from "../values.ts";

/** The Client ID: the option, or else `ROLLOUT_CLIENT_ID` of the environment. Throws {@link RolloutConfigError} when both are missing. */
export function requireClientId(option: unknown): string {
  return required("clientId", option, "ROLLOUT_CLIENT_ID");
}

/** The Client Secret: the option, or else `ROLLOUT_CLIENT_SECRET` of the environment. Throws {@link RolloutConfigError} when both are missing. */
export function requireClientSecret(option: unknown): string {
  return required("clientSecret", option, "ROLLOUT_CLIENT_SECRET");
}

/** Rejects environments where users could read the Client Secret. Throws {@link RolloutConfigError} with the remedy. */
export function refuseInPages(remedy: string): void {
  const navigator: { product?: string } | undefined = Reflect.get(globalThis, "navigator");
  if (isBrowser() || navigator?.product === "ReactNative") {
    throw new RolloutConfigError("invalid_config", "clientSecret", `must not be in a page or an app: ${remedy}`);
  }
}

function required(option: "clientId" | "clientSecret", value: unknown, variable: string): string {
  const hint = `: pass it, or set ${variable} in the environment`;
  const text = value ?? environmentVariable(variable);
  if (typeof text !== "string" || text === "")
    throw new RolloutConfigError("invalid_config", option, `must be a non-empty string${hint}`);
  // Often left over from copy and paste. A signature made with it is rejected, and the server does not say why.
  if (/^\s|\s$|^(["']).*\1$/.test(text)) {
    const place = value === undefined ? ` from ${variable} in the environment` : "";
    throw new RolloutConfigError("invalid_config", option, `has white space or quotes around it: remove them${place}`);
  }
  return text;
}

function environmentVariable(name: string): string | undefined {
  const process: { env?: Record<string, string | undefined> } | undefined = Reflect.get(globalThis, "process");
  try {
    return process?.env?.[name];
  } catch {
    // Deno without --allow-env.
    return undefined;
  }
}
