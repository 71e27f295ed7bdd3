import type { TokenRequest } from "./token.ts";

const EXPIRY_MARGIN_MILLISECONDS = 60_000;
// A fetch that hangs must not hold up the calls that come later.
const MAX_SHARED_MILLISECONDS = 30_000;

/**
 * Creates a token source that uses a token until 60 s before it expires, or until it is asked to refresh. Callers that ask at
 * the same time share one fetch.
 *
 * @param fetchToken - returns a fresh token
 * @param expiryOf - returns when a token that has just been fetched expires, in milliseconds since 1970
 */
export function reuseToken(
  fetchToken: () => Promise<string>,
  expiryOf: (token: string) => number,
): (request?: TokenRequest) => Promise<string> {
  let cached: { readonly token: string; readonly until: number } | undefined;
  let fetching: { readonly token: Promise<string>; readonly began: number } | undefined;

  const fetchOnce = (): Promise<string> => {
    const token = fetchToken();
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
    if (cached !== undefined && request?.refresh !== true && Date.now() < cached.until) return cached.token;
    return fetchOnce();
  };
}
