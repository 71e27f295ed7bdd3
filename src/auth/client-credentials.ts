import { checkText } from "../errors/checks.ts";
import { RolloutConfigError } from "../errors/classes.ts";
import { isPage } from "../errors/page.ts";

/**
 * Returns a function that gives the Client ID. An option is checked at once; without one, `ROLLOUT_CLIENT_ID` is read from the
 * environment when the function is called. Throws {@link RolloutConfigError}, and so does the function.
 */
export function clientIdSource(option: unknown, remedy: string): () => string {
  return credentialSource("clientId", option, "ROLLOUT_CLIENT_ID", remedy);
}

/**
 * Returns a function that gives the Client Secret. An option is checked at once; without one, `ROLLOUT_CLIENT_SECRET` is read from
 * the environment when the function is called. Throws {@link RolloutConfigError}, and so does the function.
 *
 * @param remedy - what to do instead in a browser, where the Client Secret must not be
 */
export function clientSecretSource(option: unknown, remedy: string): () => string {
  if (option !== undefined) refuseInBrowsers(remedy);
  return credentialSource("clientSecret", option, "ROLLOUT_CLIENT_SECRET", remedy);
}

function credentialSource(
  option: "clientId" | "clientSecret",
  value: unknown,
  variable: string,
  remedy: string,
): () => string {
  const hint = `: pass it, or set ${variable} in the environment`;
  if (value !== undefined) {
    const text = checkUnquoted(option, checkText(option, value, hint));
    return () => text;
  }
  return () => {
    refuseInBrowsers(remedy);
    const text = checkText(option, environmentVariable(variable), hint);
    return checkUnquoted(option, text, ` from ${variable} in the environment`);
  };
}

// Often left over from copy and paste. A signature made with it is rejected, and the server does not say why.
function checkUnquoted(option: string, text: string, place = ""): string {
  if (!/^\s|\s$|^(["']).*\1$/.test(text)) return text;
  throw new RolloutConfigError(option, `has white space or quotes around it: remove them${place}`);
}

// Where users could read the Client Secret.
function refuseInBrowsers(remedy: string): void {
  const navigator: { product?: string } | undefined = Reflect.get(globalThis, "navigator");
  if (isPage() || navigator?.product === "ReactNative") {
    throw new RolloutConfigError("clientSecret", `must not be in a browser or an app: ${remedy}`);
  }
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
