import { clientCredential } from "./auth/client-credentials.ts";
import { checkOptions } from "./checks.ts";
import type { EntityToSync } from "./document-types.ts";
import { invalidInput, RolloutWebhookError } from "./errors/errors.ts";
import { memberOf } from "./values.ts";

const HMAC = { name: "HMAC", hash: "SHA-256" };

/** Options of {@link createWebhookVerifier}. */
export interface WebhookVerifierOptions {
  /** The Client Secret, with which Rollout signs. @default `ROLLOUT_CLIENT_SECRET` of the environment, at the first delivery */
  clientSecret?: string | undefined;
}

/** Verifies that webhook deliveries come from Rollout. */
export interface WebhookVerifier {
  /**
   * Verifies the signature of a delivery, and resolves to the parsed JSON of its body. Narrow it with {@link isWebhookEvent}: the
   * callback for a completed first sync is signed in the same way, and has another body.
   *
   * @param body - the raw body, as it arrived: bytes, or a string of their UTF-8 text
   * @param signature - the value of the `X-Rollout-Signature` header; a missing one fails like a wrong one
   * @throws {@link RolloutWebhookError}; {@link RolloutConfigError} when `body` is not raw, for example because `express.json()`
   *   parsed it before, and when the Client Secret is missing
   * @example
   * ```ts
   * import { createWebhookVerifier, isWebhookEvent } from "rollout-client";
   *
   * const webhooks = createWebhookVerifier();
   *
   * export async function receive(request: Request): Promise<Response> {
   *   const payload = await webhooks.verify(await request.arrayBuffer(), request.headers.get("x-rollout-signature"));
   *   if (isWebhookEvent(payload)) console.log(payload.event, payload.resourceIds);
   *   return new Response(null, { status: 204 });
   * }
   * ```
   */
  verify(
    body: string | Uint8Array | ArrayBuffer,
    signature: string | readonly string[] | null | undefined,
  ): Promise<unknown>;
}

/** What Rollout sends when data of a connected account changed. Source: Rollout's guide "How to use Webhooks". */
export interface WebhookEvent {
  /** The id of the event. A delivery can be repeated: ignore an id that you have processed. */
  eventId: string;
  /** When the event was created. */
  eventCreated: string;
  /** What happened, such as `peopleCreated`. Editors complete the known names; new ones may be added. */
  event: `${EntityToSync}${"Created" | "Updated" | "Deleted"}` | "peopleTagsCreated" | (string & {});
  /** The ids of the records that changed. */
  resourceIds: string[];
  /** Where the records are, as Rollout writes it. Do not request it as it is: the published example lacks `/api`. */
  uri: string;
}

/**
 * Creates a verifier of webhook deliveries (HMAC-SHA256 with the Client Secret as key). Create one and keep it. It refuses to
 * run in a browser, because the Client Secret must not be there.
 *
 * Source: Rollout's guide "How to use Webhooks", two versions of which differ in what is signed (the Base64 text of the body,
 * or the body itself) and leave the digest's encoding open. Both are accepted, in hex and in Base64: each needs the secret.
 *
 * @throws {@link RolloutConfigError} when an option cannot be used, and when a secret is passed in a browser
 */
export function createWebhookVerifier(options: WebhookVerifierOptions = {}): WebhookVerifier {
  const { clientSecret } = checkOptions(options, "clientSecret", "createWebhookVerifier");
  const secretOf = clientCredential("clientSecret", clientSecret, "verify webhooks on your server");
  let importing: Promise<CryptoKey> | undefined;

  return {
    async verify(body, signature) {
      importing ??= crypto.subtle.importKey("raw", new TextEncoder().encode(secretOf()), HMAC, false, ["verify"]);
      // A copy: what is parsed is what was verified, whatever happens to the body in the meantime.
      const bytes = copyOf(body);
      const digest = digestOf(signature);
      const key = await importing;
      // The platform compares in constant time, and the expected digest never gets into JavaScript.
      const isSigned = (signed: Uint8Array<ArrayBuffer>) => crypto.subtle.verify("HMAC", key, digest, signed);
      if ((await isSigned(base64(bytes))) || (await isSigned(bytes))) return parsePayload(bytes);
      const remedy = `the body must be exactly what arrived (${DECODE}), and clientSecret the secret that Rollout signs with`;
      throw invalidSignature(`does not match: ${remedy}`);
    },
  };
}

/** Type guard: whether a verified payload is a change of data, with all members of a {@link WebhookEvent}. */
export function isWebhookEvent(payload: unknown): payload is WebhookEvent {
  const resourceIds = memberOf(payload, "resourceIds");
  const texts = ["eventId", "eventCreated", "event", "uri"].map((name) => memberOf(payload, name));
  return Array.isArray(resourceIds) && [...texts, ...resourceIds].every((text) => typeof text === "string");
}

function copyOf(body: unknown): Uint8Array<ArrayBuffer> {
  if (typeof body === "string") return new TextEncoder().encode(body);
  try {
    if (isBytes(body)) return new Uint8Array(body).slice();
  } catch {
    // Its buffer was transferred.
  }
  const problem = "must be the raw body (string, Uint8Array or ArrayBuffer), not missing, detached or parsed already";
  const advice = 'with Express, give the route express.raw({ type: "application/json" }), before any express.json()';
  throw invalidInput("body", `${problem}: ${advice}`);
}

// By its tag, which Buffer shares: the classes of test environments (Jest, jsdom) are not this module's.
function isBytes(value: unknown): value is Uint8Array | ArrayBuffer {
  return ["[object Uint8Array]", "[object ArrayBuffer]"].includes(Object.prototype.toString.call(value));
}

const HEX_DIGEST = /^[0-9a-f]{64}$/i;
// 43 characters carry 258 bits: the two beyond the digest's 256 must be zero.
const BASE64_DIGEST = /^[A-Za-z0-9+/_-]{42}[AEIMQUYcgkosw048]=?$/;

/** The 32 bytes of a SHA-256 digest in hex or Base64, the URL-safe alphabet and missing padding included. */
function digestOf(signature: unknown): Uint8Array<ArrayBuffer> {
  // Node gives a header that it does not know as a string, some frameworks as an array of one.
  const text: unknown = Array.isArray(signature) && signature.length === 1 ? signature[0] : signature;
  if (typeof text === "string" && HEX_DIGEST.test(text))
    return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  if (typeof text === "string" && BASE64_DIGEST.test(text)) {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  }
  throw invalidSignature(
    text === undefined || text === null ? "is missing" : "must be one SHA-256 digest, in hex or Base64",
  );
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const PADDING = "=".charCodeAt(0);

/** The Base64 of bytes, as bytes. Measured: `btoa`, which takes and gives text, takes twice as long. */
function base64(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const alphabet = new TextEncoder().encode(ALPHABET);
  const encoded = new Uint8Array(4 * Math.ceil(bytes.length / 3));
  for (let from = 0, to = 0; from < bytes.length; from += 3) {
    const group = ((bytes[from] ?? 0) << 16) | ((bytes[from + 1] ?? 0) << 8) | (bytes[from + 2] ?? 0);
    for (let shift = 18; shift >= 0; shift -= 6, to += 1) encoded[to] = alphabet[(group >> shift) & 63] ?? 0;
  }
  return encoded.fill(PADDING, encoded.length - ((3 - (bytes.length % 3)) % 3));
}

// Where Rollout signs the Base64 of a body, that Base64 has the same signature.
const DECODE = "on serverless platforms, decode it where isBase64Encoded is true";

function parsePayload(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    // Without the cause: a parser's message quotes the text.
    const problem = "The webhook has a valid signature, but its body is not JSON";
    throw new RolloutWebhookError("invalid_payload", `${problem}: ${DECODE}`);
  }
}

function invalidSignature(problem: string): RolloutWebhookError {
  return new RolloutWebhookError("invalid_signature", `The webhook's X-Rollout-Signature ${problem}`);
}
