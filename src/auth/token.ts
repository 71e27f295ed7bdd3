import { DeadlineExceeded, withDeadline } from "../deadline.ts";
import { invalidConfig, RolloutConfigError } from "../errors/errors.ts";
import { memberOf } from "../values.ts";

/** What a token source is asked for. */
export interface TokenRequest {
  /** Whether the server has just rejected the last token: return a new one, not one from a cache. */
  readonly refresh: boolean;
}

/**
 * Where the bearer token comes from: a token that never changes, or a function that returns one for each request.
 * A function is called with `{ refresh: true }` when the server responds with 401, once for all calls with the rejected token.
 */
export type TokenSource = string | ((request: TokenRequest) => string | Promise<string>);

/** A token that is not checked yet, and how many refreshes had ended when it was asked for. */
export interface Token {
  readonly text: unknown;
  readonly refreshes: number;
}

/** Where the tokens of a client come from. */
export interface TokenProvider {
  /**
   * Gets a token that can be sent in a header. After a 401, pass the rejected one: if a refresh has ended since that was
   * asked for, its token is returned, or else the calls that ask now share one refresh.
   */
  token(rejected?: Token): Promise<Token>;
  /** Whether there can be another token after the server rejected this one. */
  readonly refreshable: boolean;
}

// The clients that share a cache share its refreshes. Without this, five clients refreshed five times for one rejected token. Any
// other function may give each client the token of another user. A WeakMap, because a Map would keep every cache for good.
const providersOfCaches = new WeakMap<object, TokenProvider>();

/** Checks a token source. Throws {@link RolloutConfigError} if it can never give a token. */
export function createTokenProvider(source: TokenSource): TokenProvider {
  if (typeof source === "function") return providersOfCaches.get(source) ?? refreshingProvider(source);
  const token = { text: checkToken(source, "it is", false), refreshes: 0 };
  return { token: async () => token, refreshable: false };
}

function refreshingProvider(source: (request: TokenRequest) => unknown): TokenProvider {
  let latest: Token = { text: "", refreshes: 0 };
  const refresh = shareRuns(async () => {
    const text = await source({ refresh: true });
    latest = { text, refreshes: latest.refreshes + 1 };
    return latest;
  });
  return {
    async token(rejected) {
      const { refreshes, text } = latest;
      if (rejected === undefined) return { text: await source({ refresh: false }), refreshes };
      return rejected.refreshes < refreshes && rejected.text !== text ? latest : refresh();
    },
    refreshable: true,
  };
}

// In Cloudflare Workers, what a request has begun ends with the request, and its promise never settles. A promise can be awaited
// while its request is running, and so can one's own timer.
const MAX_SHARED_MILLISECONDS = 3_000;

/**
 * Creates a function that runs `work`, and shares each run with the calls that arrive during it. A call waits for the run of
 * another one until that is 3 s old, and then runs `work` itself.
 */
function shareRuns<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let current: { readonly result: Promise<Result>; readonly began: number } | undefined;
  return async () => {
    while (current !== undefined) {
      const joined = current;
      const remaining = Math.min(MAX_SHARED_MILLISECONDS, joined.began + MAX_SHARED_MILLISECONDS - Date.now());
      try {
        return await withDeadline(undefined, remaining, () => joined.result);
      } catch (failure) {
        if (!(failure instanceof DeadlineExceeded)) throw failure;
      }
      if (current === joined) current = undefined;
    }
    const own = { result: work(), began: Date.now() };
    current = own;
    try {
      return await own.result;
    } finally {
      if (current === own) current = undefined;
    }
  };
}

const MAX_EXPIRY_MARGIN_MILLISECONDS = 60_000;

/**
 * Creates a token source from a function that fetches a token from your server, for browsers. A token is used until 60 s before it
 * expires (or for half its lifetime, if that is longer), or until the server rejects it. Its lifetime is `exp - iat` of its
 * payload (RFC 7519, section 4.1), counted from its arrival, so that the clock of the device does not matter. Calls at the same
 * time share one fetch.
 *
 * @param fetchToken - returns a fresh token for the user who is signed in
 * @throws {@link RolloutConfigError} when `fetchToken` is not a function
 * @example
 * ```ts
 * import { cachedToken } from "rollout-client";
 *
 * export const token = cachedToken(async () => {
 *   const response = await fetch("/rollout-token");
 *   if (!response.ok) throw new Error(`/rollout-token responded with ${response.status}`);
 *   return (await response.json()).token;
 * });
 * ```
 */
export function cachedToken(fetchToken: () => string | Promise<string>): (request?: TokenRequest) => Promise<string> {
  if (typeof fetchToken !== "function") throw invalidConfig("fetchToken", "must be a function");
  let cached: { readonly token: string; readonly until: number } | undefined;
  const fetchOnce = shareRuns(async () => {
    const token = await fetchToken();
    const lifetime = lifetimeOf(token);
    cached = { token, until: Date.now() + lifetime - Math.min(MAX_EXPIRY_MARGIN_MILLISECONDS, lifetime / 2) };
    return token;
  });
  const source = async (request?: TokenRequest): Promise<string> => {
    // Calls that begin during a refresh wait for it too.
    if (request?.refresh) cached = undefined;
    return cached !== undefined && Date.now() < cached.until ? cached.token : fetchOnce();
  };
  providersOfCaches.set(source, refreshingProvider(source));
  return source;
}

/** How many milliseconds a new token is valid. Infinity if it is not a JWT with an `exp`, 0 if it is not a string. */
function lifetimeOf(token: unknown): number {
  if (typeof token !== "string") return 0;
  try {
    const claims: unknown = JSON.parse(atob(String(token.split(".")[1]).replaceAll("-", "+").replaceAll("_", "/")));
    const exp = memberOf(claims, "exp");
    const iat = memberOf(claims, "iat");
    if (typeof exp === "number") return exp * 1000 - (typeof iat === "number" ? iat * 1000 : Date.now());
  } catch {}
  return Number.POSITIVE_INFINITY;
}

// What a header can carry unchanged. A JWT always fits.
const HEADER_SAFE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/** Throws {@link RolloutConfigError} if a header cannot have the token. `mayHaveSucceeded`: what attempts before may have done. */
export function checkToken(token: unknown, found: string, mayHaveSucceeded: boolean): string {
  const isText = typeof token === "string";
  if (isText && HEADER_SAFE.test(token) && !/^bearer /i.test(token)) return token;
  const kind = isText
    ? "a string that cannot be a bearer token"
    : token === null
      ? "null"
      : `a value of type ${typeof token}`;
  const remedy = "Pass a token without Bearer, or a function that returns or resolves to one: signer.forUser(userId)";
  throw new RolloutConfigError("invalid_config", "token", `cannot be used: ${found} ${kind}. ${remedy}`, {
    mayHaveSucceeded,
  });
}
