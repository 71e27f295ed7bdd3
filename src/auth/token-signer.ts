import { CompactSign } from "jose/jws/compact/sign";
import { checkOptions, checkText } from "../checks.ts";
import { refuseInPages, requireClientId, requireClientSecret } from "./client-credentials.ts";
import { reuseToken } from "./reuse-token.ts";
import type { TokenRequest } from "./token.ts";

/** Options of {@link createTokenSigner}. */
export interface TokenSignerOptions {
  /** The Client ID. @default the environment variable `ROLLOUT_CLIENT_ID` */
  clientId?: string | undefined;
  /** The Client Secret. It never leaves the signer. @default the environment variable `ROLLOUT_CLIENT_SECRET` */
  clientSecret?: string | undefined;
  /** How many seconds a token is valid. @default 900 (15 minutes, as Rollout recommends) */
  expiresIn?: number | undefined;
}

/** Signs the tokens that Rollout's APIs accept. */
export interface TokenSigner {
  /**
   * Signs a fresh token for one of your users.
   *
   * @param userId - your own id for the user
   * @throws {@link RolloutConfigError} when `userId` is not a non-empty string
   * @example
   * ```ts
   * import { createTokenSigner } from "rollout-client";
   *
   * const signer = createTokenSigner();
   * // The route from which Rollout Link gets its token, by convention /rollout-token.
   * export const rolloutToken = async (userId: string) => Response.json({ token: await signer.sign(userId) });
   * ```
   */
  sign(userId: string): Promise<string>;
  /**
   * Returns a token source for `createRolloutClient`. It reuses a token until 60 s before it expires, signs once for callers
   * that ask at the same time, and signs a new one when asked to refresh.
   *
   * @param userId - your own id for the user
   * @throws {@link RolloutConfigError} when `userId` is not a non-empty string
   */
  forUser(userId: string): (request?: TokenRequest) => Promise<string>;
}

/**
 * Creates the signer of the JWTs (HS512) that every request carries. For servers only: it refuses to run in a page, because
 * the Client Secret must not be there.
 *
 * Source: Rollout's guides "Getting your API Key" and "Making API Requests"; RFC 7519.
 *
 * @throws {@link RolloutConfigError} when the id or the secret is missing, or in a page
 */
export function createTokenSigner(options: TokenSignerOptions = {}): TokenSigner {
  refuseInPages("sign tokens on your server, and pass `token` a function that fetches them from there");
  checkOptions(options, "clientId clientSecret expiresIn", "createTokenSigner");
  const clientId = requireClientId(options.clientId);
  const clientSecret = requireClientSecret(options.clientSecret);
  const expiresIn = options.expiresIn ?? 900;

  let key: Promise<CryptoKey> | undefined;
  const sign = async (userId: string): Promise<string> => {
    const now = Math.floor(Date.now() / 1000);
    // Imported once: this makes each signature cheaper.
    key ??= importKey(clientSecret);
    const claims = { iss: clientId, sub: userId, iat: now, exp: now + expiresIn };
    // A JWT is a JWS whose payload is the claims (RFC 7519, section 7.1).
    const jws = new CompactSign(new TextEncoder().encode(JSON.stringify(claims)));
    return jws.setProtectedHeader({ alg: "HS512", typ: "JWT" }).sign(await key);
  };

  return {
    sign: async (userId) => sign(checkedUserId(userId)),
    forUser(userId) {
      checkedUserId(userId);
      return reuseToken(
        () => sign(userId),
        () => Date.now() + expiresIn * 1000,
      );
    },
  };
}

function importKey(secret: string): Promise<CryptoKey> {
  const algorithm = { name: "HMAC", hash: "SHA-512" };
  return crypto.subtle.importKey("raw", new TextEncoder().encode(secret), algorithm, false, ["sign"]);
}

function checkedUserId(userId: unknown): string {
  return checkText("userId", userId, ": your own id for the user");
}
