import { RolloutConfigError } from "../errors/classes.ts";
import { memberOf, parseJson } from "../values/json.ts";
import type { TokenRequest } from "./token.ts";

const EXPIRY_MARGIN_MILLISECONDS = 60_000;
// A fetch that hangs must not hold up the calls that come later.
const MAX_SHARED_MILLISECONDS = 30_000;

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
 *     const { token } = await response.json();
 *     return token;
 *   }),
 * });
 * ```
 */
export function cachedToken(fetchToken: () => string | Promise<string>): (request?: TokenRequest) => Promise<string> {
  if (typeof fetchToken !== "function") throw new RolloutConfigError("fetchToken", "must be a function");
  let cached: { readonly token: string; readonly until: number } | undefined;
  let fetching: { readonly token: Promise<string>; readonly began: number } | undefined;

  const fetchOnce = (): Promise<string> => {
    const token = (async () => fetchToken())();
    const entry = { token, began: Date.now() };
    fetching = entry;
    const end = (): void => {
      if (fetching === entry) fetching = undefined;
    };
    token.then((text) => {
      if (typeof text === "string") cached = { token: text, until: expiryOf(text) - EXPIRY_MARGIN_MILLISECONDS };
      end();
    }, end);
    return token;
  };

  return async (request) => {
    if (fetching !== undefined && Date.now() - fetching.began < MAX_SHARED_MILLISECONDS) return fetching.token;
    const usable = cached !== undefined && request?.refresh !== true && Date.now() < cached.until;
    return cached !== undefined && usable ? cached.token : fetchOnce();
  };
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
