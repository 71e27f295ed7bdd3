const MAX_ARGUMENTS = 8192;
const HEX_DIGEST = /^[0-9a-f]{64}$/i;
// 43 characters carry 258 bits: the two beyond the digest's 256 must be zero.
const BASE64_DIGEST = /^[A-Za-z0-9+/_-]{42}[AEIMQUYcgkosw048]=?$/;

/** The 32 bytes of a SHA-256 digest in hex or Base64 (the URL-safe alphabet and missing padding included); `undefined` for any other text. */
export function decodeDigest(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (HEX_DIGEST.test(text)) {
    return Uint8Array.from({ length: 32 }, (_, index) => Number.parseInt(text.slice(2 * index, 2 * index + 2), 16));
  }
  if (BASE64_DIGEST.test(text)) {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  }
  return undefined;
}

/** Whether a digest is the HMAC-SHA256 of a body. */
export type SignatureCheck = (body: Uint8Array<ArrayBuffer>, digest: Uint8Array<ArrayBuffer>) => Promise<boolean>;

/** Creates the check of signatures with this secret. The key is imported once. */
export function createSignatureCheck(secret: string): SignatureCheck {
  const encoder = new TextEncoder();
  let importing: Promise<CryptoKey> | undefined;
  return async (body, digest) => {
    importing ??= crypto.subtle.importKey("raw", encoder.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, [
      "verify",
    ]);
    const key = await importing;
    // The platform compares in constant time, and the expected digest never gets into JavaScript.
    const matches = await Promise.all(
      [encoder.encode(base64(body)), body].map((signed) => crypto.subtle.verify("HMAC", key, digest, signed)),
    );
    return matches.includes(true);
  };
}

// In chunks that fit into the arguments of a call: byte by byte, a body of 1 MB takes twenty times as long.
function base64(bytes: Uint8Array): string {
  let binary = "";
  for (let start = 0; start < bytes.length; start += MAX_ARGUMENTS) {
    binary += Reflect.apply(String.fromCharCode, undefined, bytes.subarray(start, start + MAX_ARGUMENTS));
  }
  return btoa(binary);
}
