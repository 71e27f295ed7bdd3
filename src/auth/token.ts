import { RolloutConfigError } from "../errors/classes.ts";
import { memberOf } from "../values/json.ts";

/** What a token source is asked for. */
export interface TokenRequest {
  /** Whether the server has just rejected the last token: return a new one, not one from a cache. */
  readonly refresh: boolean;
}

/**
 * Where the bearer token comes from: a token that never changes, or a function that returns one for each request.
 * A function is called with `{ refresh: true }` once when the server responds with 401.
 */
export type TokenSource = string | ((request: TokenRequest) => string | Promise<string>);

/** A checked token source. */
export interface Bearer {
  /** Gets a token that can be sent in a header. */
  token(refresh: boolean): string | Promise<string>;
  /** Abandons a refresh that takes too long, so that the next call does not wait for it too. */
  abandonRefresh(): void;
  /** Whether there can be another token after the server rejected this one. */
  readonly refreshable: boolean;
}

// What a header can carry unchanged. A JWT always fits.
const HEADER_SAFE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
const SCHEME = /^bearer /i;

function checkToken(token: unknown): string {
  if (typeof token === "string" && HEADER_SAFE.test(token) && !SCHEME.test(token)) return token;
  throw new RolloutConfigError(
    "token",
    `must be a non-empty string of one line of ASCII characters, or a function that returns one; got ${typeof token === "string" ? describeText(token) : describeValue(token)}`,
  );
}

function describeText(token: string): string {
  if (SCHEME.test(token)) return "one with Bearer: leave that out";
  return token === "" ? "an empty string" : "other characters";
}

function describeValue(value: unknown): string {
  if (memberOf(value, "then")) return "a Promise: await it";
  if (memberOf(value, "forUser")) return "a signer: use signer.forUser(userId)";
  return value === null || value === undefined ? String(value) : `a value of type ${typeof value}`;
}

/** Checks a token source. Throws {@link RolloutConfigError} if it can never give a token. */
export function createBearer(source: TokenSource): Bearer {
  if (typeof source !== "function") {
    const token = checkToken(source);
    return { token: () => token, abandonRefresh() {}, refreshable: false };
  }
  const ask = async (refresh: boolean): Promise<string> => checkToken(await source({ refresh }));
  // Calls that were rejected at the same time share one new token.
  let refreshing: Promise<string> | undefined;
  const refreshOnce = (): Promise<string> => {
    if (refreshing !== undefined) return refreshing;
    const asked = ask(true).finally(() => {
      if (refreshing === asked) refreshing = undefined;
    });
    refreshing = asked;
    return asked;
  };
  return {
    token: (refresh) => (refresh ? refreshOnce() : ask(false)),
    abandonRefresh() {
      refreshing = undefined;
    },
    refreshable: true,
  };
}
