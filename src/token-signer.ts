import { CompactSign } from "jose/jws/compact/sign";
import { refuseInPages, requireClientId, requireClientSecret } from "./client-credentials.ts";
import { RolloutConfigError } from "./errors.ts";
import { checkKeys, checkText } from "./options.ts";
import type { TokenRequest } from "./token.ts";

/** Options of {@link createTokenSigner}. */
export interface TokenSignerOptions {
  /** The Client ID. Default: the environment's `ROLLOUT_CLIENT_ID`. */
  clientId?: string | undefined;
  /** The Client Secret. Default: the environment's `ROLLOUT_CLIENT_SECRET`. It never leaves the signer. */
  clientSecret?: string | undefined;
  /** The life of a token, in seconds. Default: 900, the 15 minutes that Rollout recommends. */
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
   * // The route that Rollout Link asks, customarily /rollout-token.
   * export const rolloutToken = async (userId: string) => Response.json({ token: await signer.sign(userId) });
   * ```
   */
  sign(userId: string): Promise<string>;
  /**
   * A token source for `createRolloutClient`: it uses its token until 60 s before the end of its life, signs once for
   * callers that ask at the same time, and signs anew when asked to refresh.
   *
   * @param userId - your own id for the user
   * @throws {@link RolloutConfigError} when `userId` is not a non-empty string
   */
  forUser(userId: string): (request?: TokenRequest) => Promise<string>;
}

const EXPIRY_MARGIN = 60;
const LONGEST_LIFE = 2 ** 31;

/**
 * Makes the signer of the JWTs (HS512) that every request carries. For servers only: it refuses to run in a page, because
 * the Client Secret must not get there.
 *
 * Source: Rollout's guides "Getting your API Key" and "Making API Requests"; RFC 7519.
 *
 * @throws {@link RolloutConfigError} when the id or the secret is missing, or in a page
 */
export function createTokenSigner(options: TokenSignerOptions = {}): TokenSigner {
  refuseInPages("sign tokens on your server, and pass `token` a function that fetches them from there");
  checkKeys(options, ["clientId", "clientSecret", "expiresIn"], "createTokenSigner");
  const clientId = requireClientId(options.clientId);
  const clientSecret = requireClientSecret(options.clientSecret);
  const expiresIn = options.expiresIn ?? 900;
  if (!Number.isInteger(expiresIn) || expiresIn < 1 || expiresIn > LONGEST_LIFE) {
    throw new RolloutConfigError("expiresIn", "must be a whole number of seconds, at least 1");
  }

  const encoder = new TextEncoder();
  let importing: Promise<CryptoKey> | undefined;
  const importKey = (): Promise<CryptoKey> => {
    // Importing once makes each signature cheaper than handing jose the bytes.
    importing ??= crypto.subtle.importKey(
      "raw",
      encoder.encode(clientSecret),
      { name: "HMAC", hash: "SHA-512" },
      false,
      ["sign"],
    );
    return importing;
  };

  // A JWT is a JWS whose payload are its claims (RFC 7519, section 7.1); jose's own class for it would bring along much more.
  const sign = async (userId: string, now: number): Promise<string> => {
    const claims = { iss: clientId, sub: userId, iat: now, exp: now + expiresIn };
    return new CompactSign(encoder.encode(JSON.stringify(claims)))
      .setProtectedHeader({ alg: "HS512", typ: "JWT" })
      .sign(await importKey());
  };

  return {
    sign: async (userId) => sign(checkedUserId(userId), nowInSeconds()),
    forUser(userId) {
      checkedUserId(userId);
      let cached: { readonly token: Promise<string>; readonly until: number; settled: boolean } | undefined;
      return (request) => {
        const now = nowInSeconds();
        const usable = cached !== undefined && (!cached.settled || (request?.refresh !== true && now < cached.until));
        if (cached !== undefined && usable) return cached.token;
        const token = sign(userId, now);
        const entry = { token, until: now + expiresIn - EXPIRY_MARGIN, settled: false };
        cached = entry;
        token.then(
          () => {
            entry.settled = true;
          },
          () => {
            if (cached === entry) cached = undefined;
          },
        );
        return token;
      };
    },
  };
}

function nowInSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

function checkedUserId(userId: unknown): string {
  return checkText("userId", userId, ": your own id for the user");
}
