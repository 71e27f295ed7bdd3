import { RolloutConfigError } from "../errors/errors.ts";
import { isBrowser, memberOf } from "../values.ts";

/**
 * Returns a function that gives the Client ID or the Client Secret. What is passed is checked at once; otherwise, the environment
 * is read when the value is needed, so that importing a module that signs never throws. The Client Secret is refused where users
 * could read it.
 *
 * @param remedy - what to do in a browser instead
 */
export function clientCredential(option: "clientId" | "clientSecret", value: unknown, remedy: string): () => string {
  const variable = option === "clientId" ? "ROLLOUT_CLIENT_ID" : "ROLLOUT_CLIENT_SECRET";
  const check = (text: unknown, place: string): string => {
    const isApp = memberOf(Reflect.get(globalThis, "navigator"), "product") === "ReactNative";
    if ((isBrowser() || isApp) && (option === "clientSecret" || value === undefined)) {
      throw new RolloutConfigError("invalid_config", "clientSecret", `must not be in a browser or an app: ${remedy}`);
    }
    if (typeof text !== "string" || text === "") {
      throw badCredential(`must be a non-empty string: pass it, or set ${variable} in the environment`);
    }
    // Often left over from copy and paste. A signature made with it is rejected, and the server does not say why.
    if (/^\s|\s$|^(["']).*\1$/.test(text))
      throw badCredential(`has white space or quotes around it: remove them${place}`);
    return text;
  };
  const badCredential = (problem: string) => new RolloutConfigError("invalid_config", option, problem);
  if (value === undefined) return () => check(environmentVariable(variable), ` from ${variable} in the environment`);
  const text = check(value, "");
  return () => text;
}

function environmentVariable(name: string): unknown {
  // Deno without --allow-env throws, which memberOf takes for a missing variable.
  return memberOf(memberOf(Reflect.get(globalThis, "process"), "env"), name);
}
