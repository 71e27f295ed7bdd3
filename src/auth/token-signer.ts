import { checkOptions, checkText } from "../checks.ts";
import { clientCredential } from "./client-credentials.ts";
import { cachedToken, type TokenRequest } from "./token.ts";

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
   * Signs a fresh token for one of your users, for example in the route from which a browser gets its token: for the user who is
   * signed in, with `Cache-Control: no-store`.
   *
   * @param userId - your own id for the user
   * @throws {@link RolloutConfigError} when `userId` is empty, or the Client ID or the Client Secret is nowhere
   */
  sign(userId: string): Promise<string>;
  /**
   * Returns a token source for `createRolloutClient`. It reuses a token until 60 s before it expires, signs once for callers
   * that ask at the same time, and signs a new one when asked to refresh. It rejects as `sign` does.
   *
   * @param userId - your own id for the user
   * @throws {@link RolloutConfigError} when `userId` is empty
   */
  forUser(userId: string): (request?: TokenRequest) => Promise<string>;
}

const DEFAULT_EXPIRES_IN_SECONDS = 900;
const MAX_EARLY_SECONDS = 5;

const IN_BROWSERS = "sign tokens on your server, and pass `token` a function that fetches them from there";

/**
 * Creates the signer of the JWTs (HS512) that every request carries. For servers only: it refuses to run in a browser, because
 * the Client Secret must not be there. The environment is read for the first token, so that a build needs no secret.
 *
 * Source: Rollout's guides "Getting your API Key" and "Making API Requests"; RFC 7515 and RFC 7519.
 *
 * @throws {@link RolloutConfigError} when an option cannot be used, and when a secret is passed in a browser
 */
export function createTokenSigner(options: TokenSignerOptions = {}): TokenSigner {
  const checked = checkOptions(options, "clientId clientSecret expiresIn", "createTokenSigner");
  const { expiresIn = DEFAULT_EXPIRES_IN_SECONDS } = checked;
  const issuerOf = clientCredential("clientId", checked.clientId, IN_BROWSERS);
  const secretOf = clientCredential("clientSecret", checked.clientSecret, IN_BROWSERS);
  let identity: { readonly issuer: string; readonly key: Promise<CryptoKey> } | undefined;

  // Some servers reject a token of this very second when their clock is slow.
  const early = Math.min(MAX_EARLY_SECONDS, Math.floor(expiresIn / 4));
  const now = (): number => Math.floor(Date.now() / 1000) - early;
  const sign = async (userId: string, issuedAt: number): Promise<string> => {
    // The key is imported once: this makes each signature cheaper.
    identity ??= { issuer: issuerOf(), key: importKey(secretOf()) };
    const claims = { iss: identity.issuer, sub: userId, iat: issuedAt, exp: now() + expiresIn };
    const signed = `${base64Url(JSON.stringify({ alg: "HS512", typ: "JWT" }))}.${base64Url(JSON.stringify(claims))}`;
    const signature = await crypto.subtle.sign("HMAC", await identity.key, new TextEncoder().encode(signed));
    return `${signed}.${base64Url(new Uint8Array(signature))}`;
  };

  return {
    sign: async (userId) => sign(checkedUserId(userId), now()),
    forUser(userId) {
      checkedUserId(userId);
      let issuedAt = 0;
      return cachedToken(() => {
        // Never the same token twice in a row: the server may just have rejected it.
        issuedAt = issuedAt === now() ? issuedAt - 1 : now();
        return sign(userId, issuedAt);
      });
    },
  };
}

function importKey(secret: string): Promise<CryptoKey> {
  const algorithm = { name: "HMAC", hash: "SHA-512" };
  return crypto.subtle.importKey("raw", new TextEncoder().encode(secret), algorithm, false, ["sign"]);
}

function base64Url(value: string | Uint8Array): string {
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function checkedUserId(userId: unknown): string {
  return checkText("userId", userId, ", your own id for the user");
}
