import { RolloutConfigError } from "../errors/errors.ts";

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
export interface TokenProvider {
  /** Gets a token that can be sent in a header. Rejects with what the caller's function throws. */
  token(rejected: string | undefined): Promise<string>;
  /** Whether there can be another token after the server rejected one. */
  readonly refreshable: boolean;
}

// What a header can carry unchanged. A JWT always fits.
const HEADER_SAFE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
const SCHEME = /^bearer /i;

function checkToken(token: unknown): string {
  if (typeof token === "string" && HEADER_SAFE.test(token) && !SCHEME.test(token)) return token;
  throw new RolloutConfigError("invalid_config", "token", `must be a token`);
}

/** Checks a token source. Throws {@link RolloutConfigError} if it can never give a token. */
export function createTokenProvider(source: TokenSource): TokenProvider {
  if (typeof source !== "function") {
    const token = checkToken(source);
    return { token: async () => token, refreshable: false };
  }
  return {
    token: async (rejected) => checkToken(await source({ refresh: rejected !== undefined })),
    refreshable: true,
  };
}
