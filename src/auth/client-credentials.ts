import { invalidConfig } from "../errors/errors.ts";
import { isBrowser, isText, memberOf } from "../values.ts";

/**
 * Returns a function that gives the Client ID or the Client Secret. What is passed is checked at once; otherwise, the environment
 * is read when the value is needed, so that importing a module that signs never throws. The Client Secret is refused where users
 * could read it; `remedy` says what to do there.
 */
export function clientCredential(option: "clientId" | "clientSecret", value: unknown, remedy: string): () => string {
  const isPassed = value !== undefined;
  const variable = option === "clientId" ? "ROLLOUT_CLIENT_ID" : "ROLLOUT_CLIENT_SECRET";
  const read = (): string => {
    const isApp = memberOf(Reflect.get(globalThis, "navigator"), "product") === "ReactNative";
    if ((isBrowser() || isApp) && !(option === "clientId" && isPassed))
      throw invalidConfig("clientSecret", `must not be in a browser or an app: ${remedy}`);
    // Deno without --allow-env throws, which memberOf takes for a missing variable.
    const text = isPassed ? value : memberOf(memberOf(Reflect.get(globalThis, "process"), "env"), variable);
    if (!isText(text))
      throw invalidConfig(option, `must be a non-empty string: pass it, or set ${variable} in the environment`);
    // Often left over from copy and paste. A signature made with it is rejected, and the server does not say why.
    const place = isPassed ? "" : ` from ${variable} in the environment`;
    if (/^\s|\s$|^(["']).*\1$/.test(text))
      throw invalidConfig(option, `has white space or quotes around it: remove them${place}`);
    return text;
  };
  if (isPassed) read();
  return read;
}
