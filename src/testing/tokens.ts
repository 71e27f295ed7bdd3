import { memberOf, parseJson } from "../values.ts";

/** The result of checking the `Authorization` header of a request. */
export type TokenCheck = { readonly userId: string } | { readonly problem: string };

const BEARER_JWT = /^Bearer (([\w-]+)\.([\w-]+))\.([\w-]+)$/i;

/** The `sub` of the bearer token, valid or not; `undefined` when there is none. */
export function tokenUserId(authorization: string | null): string | undefined {
  const payload = BEARER_JWT.exec(authorization ?? "")?.[3];
  const sub = payload === undefined ? undefined : claim(payload, "sub");
  return typeof sub === "string" && sub !== "" ? sub : undefined;
}

/** Checks the bearer token; the signature only when there is a `clientSecret` to check it with. */
export async function checkToken(authorization: string | null, clientSecret: string | undefined): Promise<TokenCheck> {
  if (authorization === null) return { problem: "The Authorization header is missing." };
  const [, signed, header, payload, signature] = BEARER_JWT.exec(authorization) ?? [];
  const userId = tokenUserId(authorization);
  if (signed === undefined || header === undefined || payload === undefined || userId === undefined) {
    return {
      problem:
        "The token is not a JWT with a `sub`. Sign one with createTokenSigner, or make one with createTestToken of rollout-client/testing.",
    };
  }
  const expiry = claim(payload, "exp");
  if (typeof expiry === "number" && expiry * 1000 <= Date.now()) return { problem: "The token has expired." };
  if (clientSecret !== undefined && !(await isSignedWith(clientSecret, header, signed, signature ?? ""))) {
    return { problem: "The signature of the token is not HS512 with the Client Secret of this mock." };
  }
  return { userId };
}

/** Whether a JWT is signed by HMAC with SHA-512 (RFC 7518, section 3.2) and this secret. */
async function isSignedWith(secret: string, header: string, signed: string, signature: string): Promise<boolean> {
  if (claim(header, "alg") !== "HS512") return false;
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-512" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["verify"]);
  const bytes = decodeBase64Url(signature);
  return bytes !== undefined && crypto.subtle.verify("HMAC", key, bytes, encoder.encode(signed));
}

/**
 * Creates a token that the mock accepts, without a Client Secret. Its signature is made up, so a mock with the option
 * `clientSecret` refuses it, as Rollout does.
 *
 * Use it where `createTokenSigner` refuses to run, such as in tests of a page under jsdom.
 *
 * @param userId - your own id for the user: the token's `sub`
 * @param options - `expiresIn` is the life of the token in seconds (default 900); a negative number makes an expired token
 * @example
 * ```ts
 * import { createRolloutClient } from "rollout-client";
 * import { createRolloutMock, createTestToken } from "rollout-client/testing";
 *
 * const mock = createRolloutMock();
 * const rollout = createRolloutClient({ token: createTestToken("user_123"), ...mock.options });
 * ```
 */
export function createTestToken(userId: string, options: { readonly expiresIn?: number | undefined } = {}): string {
  const issuedAt = Math.floor(Date.now() / 1000);
  const expiry = issuedAt + (options.expiresIn ?? 900);
  const payload = { iss: "test", sub: userId, iat: issuedAt, exp: expiry };
  return [{ alg: "HS512", typ: "JWT" }, payload, "not a signature"].map(encodeBase64Url).join(".");
}

function claim(part: string, name: string): unknown {
  const bytes = decodeBase64Url(part);
  return bytes === undefined ? undefined : memberOf(parseJson(new TextDecoder().decode(bytes)), name);
}

function encodeBase64Url(value: unknown): string {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  const base64 = btoa(String.fromCharCode(...bytes));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
