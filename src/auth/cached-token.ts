import { RolloutConfigError } from "../errors/classes.ts";
import { memberOf, parseJson } from "../values/json.ts";
import { reuseToken } from "./reuse-token.ts";
import type { TokenRequest } from "./token.ts";

/**
 * Creates a token source from a function that fetches a token from your server, for pages. A token is used until 60 s before the
 * `exp` of its payload (RFC 7519, section 4.1.4), or until the server rejects it. Calls at the same time share one fetch.
 *
 * @param fetchToken - returns a fresh token for the user who is signed in
 * @throws {@link RolloutConfigError} when `fetchToken` is not a function
 * @example
 * ```ts
 * import { cachedToken, createRolloutClient } from "rollout-client";
 *
 * const rollout = createRolloutClient({
 *   token: cachedToken(async () => {
 *     const response = await fetch("/rollout-token");
 *     if (!response.ok) throw new Error(`/rollout-token responded with ${response.status}`);
 *     const { token } = await response.json();
 *     return token;
 *   }),
 * });
 * ```
 */
export function cachedToken(fetchToken: () => string | Promise<string>): (request?: TokenRequest) => Promise<string> {
  if (typeof fetchToken !== "function") throw new RolloutConfigError("fetchToken", "must be a function");
  return reuseToken(async () => fetchToken(), expiryOf);
}

/** When a token expires, in milliseconds since 1970. Infinity if it is not a JWT with an `exp`. */
function expiryOf(token: string): number {
  const exp = memberOf(parseJson(payloadOf(token)), "exp");
  return typeof exp === "number" ? exp * 1000 : Number.POSITIVE_INFINITY;
}

function payloadOf(token: string): string {
  const [, payload = ""] = token.split(".");
  try {
    return atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return "";
  }
}
