import { RolloutConfigError } from "../errors/errors.ts";
import { memberOf } from "../values.ts";
import { shareRuns } from "./share-runs.ts";

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

/** A token, and how many refreshes had ended when it was asked for. */
export interface Token {
  readonly text: string;
  readonly refreshes: number;
}

/** A checked token source. */
export interface TokenProvider {
  /**
   * Gets a token that can be sent in a header. After a 401, pass the rejected one: if a refresh has ended since that was
   * asked for, its token is returned, or else the calls that ask now share one refresh.
   */
  token(rejected?: Token): Promise<Token>;
  /** Whether there can be another token after the server rejected this one. */
  readonly refreshable: boolean;
}

/** Checks a token source. Throws {@link RolloutConfigError} if it can never give a token. */
export function createTokenProvider(source: TokenSource): TokenProvider {
  if (typeof source !== "function") {
    const token = { text: checkToken(source, false), refreshes: 0 };
    return { token: async () => token, refreshable: false };
  }
  let latest: Token = { text: "", refreshes: 0 };
  const ask = async (refresh: boolean): Promise<Token> => {
    const { refreshes } = latest;
    return { text: checkToken(await source({ refresh }), true), refreshes };
  };
  const refresh = shareRuns(async () => {
    const { text } = await ask(true);
    latest = { text, refreshes: latest.refreshes + 1 };
    return latest;
  });
  return {
    async token(rejected) {
      if (rejected === undefined) return ask(false);
      const isReplaced = rejected.refreshes < latest.refreshes && rejected.text !== latest.text;
      return isReplaced ? latest : refresh();
    },
    refreshable: true,
  };
}

const MAX_EXPIRY_MARGIN_MILLISECONDS = 60_000;

/**
 * Creates a token source from a function that fetches a token from your server, for pages. A token is used until 60 s before it
 * expires (or for half its lifetime, if that is longer), or until the server rejects it. Its lifetime is `exp - iat` of its
 * payload (RFC 7519, section 4.1), counted from its arrival, so that the clock of the device does not matter. Calls at the same
 * time share one fetch.
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
  if (typeof fetchToken !== "function")
    throw new RolloutConfigError("invalid_config", "fetchToken", "must be a function");
  let cached: { readonly token: string; readonly until: number } | undefined;
  const fetchOnce = shareRuns(async () => {
    const token = await fetchToken();
    if (typeof token !== "string") return token;
    const lifetime = lifetimeOf(token);
    cached = { token, until: Date.now() + lifetime - Math.min(MAX_EXPIRY_MARGIN_MILLISECONDS, lifetime / 2) };
    return token;
  });
  return async (request) => {
    // Calls that begin during a refresh wait for it too.
    if (request?.refresh) cached = undefined;
    return cached !== undefined && Date.now() < cached.until ? cached.token : fetchOnce();
  };
}

/** How many milliseconds a token that has just arrived is valid. Infinity if it is not a JWT with an `exp`. */
function lifetimeOf(token: string): number {
  const [, payload = ""] = token.split(".");
  let claims: unknown;
  try {
    claims = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
  } catch {}
  const [exp, iat] = [memberOf(claims, "exp"), memberOf(claims, "iat")];
  if (typeof exp !== "number") return Number.POSITIVE_INFINITY;
  return exp * 1000 - (typeof iat === "number" ? iat * 1000 : Date.now());
}

// What a header can carry unchanged. A JWT always fits.
const HEADER_SAFE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
const SCHEME = /^bearer /i;

function checkToken(token: unknown, isReturned: boolean): string {
  const isText = typeof token === "string";
  if (isText && HEADER_SAFE.test(token) && !SCHEME.test(token)) return token;
  const got = isText ? describeText(token) : describeValue(token);
  const isMissing = token === undefined && !isReturned;
  const problem = `cannot be used: ${isReturned ? "the token function returned" : "it is"} ${got}`;
  throw new RolloutConfigError(
    "invalid_config",
    "token",
    isMissing ? "is missing: pass signer.forUser(userId)" : problem,
  );
}

function describeText(token: string): string {
  if (SCHEME.test(token)) return "a text that begins with Bearer: leave that out";
  return token === "" ? "an empty string" : "a text with characters that a header cannot have";
}

function describeValue(value: unknown): string {
  if (memberOf(value, "then")) return "a Promise: await it";
  if (memberOf(value, "forUser")) return "a signer: use signer.forUser(userId)";
  return value === null || value === undefined ? String(value) : `a value of type ${typeof value}`;
}
