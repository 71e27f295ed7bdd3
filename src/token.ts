import { RolloutConfigError } from "./errors.ts";

/** What a token source is asked for. */
export interface TokenRequest {
  /** The server has just refused the last token: give a new one, not one from a cache. */
  readonly refresh: boolean;
}

/**
 * Where the bearer token comes from: a token that stays as it is, or a function that gives one for each request.
 * A function is asked with `{ refresh: true }` once when the server answers 401.
 */
export type TokenSource = string | ((request: TokenRequest) => string | Promise<string>);

/** A checked token source. */
export interface Bearer {
  /** Gives a token that can stand in a header. Throws {@link RolloutConfigError}. */
  token(refresh: boolean): string | Promise<string>;
  /** Nobody waits any more for the new token that was asked for: whoever needs one is to ask anew. */
  forgetRefresh(): void;
  /** Can there be another token after this one was refused? */
  readonly refreshable: boolean;
}

// What can stand in a header without being cut, folded or refused; a JWT is well inside it.
const HEADER_SAFE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

function checkedToken(token: unknown): string {
  if (typeof token === "string" && HEADER_SAFE.test(token)) return token;
  const found = typeof token !== "string" ? describeType(token) : token === "" ? "an empty string" : "other characters";
  throw new RolloutConfigError(
    "token",
    `must give a non-empty string of one line of ASCII characters; it gave ${found}`,
  );
}

function describeType(value: unknown): string {
  return value === null ? "null" : value === undefined ? "undefined" : `a value of type ${typeof value}`;
}

/** Checks a token source. Throws {@link RolloutConfigError} when it can never give a token. */
export function createBearer(source: TokenSource): Bearer {
  if (typeof source !== "function") {
    const token = checkedToken(source);
    return { token: () => token, forgetRefresh() {}, refreshable: false };
  }
  let refreshing: Promise<string> | undefined;
  const ask = async (refresh: boolean): Promise<string> => checkedToken(await source({ refresh }));
  const askOnce = (): Promise<string> => {
    // Calls that were refused at the same time want the same new token.
    if (refreshing !== undefined) return refreshing;
    const asked = ask(true).finally(() => {
      if (refreshing === asked) refreshing = undefined;
    });
    refreshing = asked;
    return asked;
  };
  return {
    token: (refresh) => (refresh ? askOnce() : ask(false)),
    forgetRefresh() {
      refreshing = undefined;
    },
    refreshable: true,
  };
}
