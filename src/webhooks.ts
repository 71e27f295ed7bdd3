import { clientSecretSource } from "./auth/client-credentials.ts";
import { checkKeys } from "./errors/checks.ts";
import { RolloutConfigError } from "./errors/classes.ts";
import { RolloutWebhookError } from "./errors/webhook-error.ts";
import { memberOf } from "./values/json.ts";
import { createSignatureCheck, decodeDigest, type SignatureCheck } from "./webhook-signature.ts";

/** Options of {@link createWebhookVerifier}. */
export interface WebhookVerifierOptions {
  /**
   * The Client Secret, with which Rollout signs. It never leaves the verifier.
   *
   * @default the environment variable `ROLLOUT_CLIENT_SECRET`, read for the first delivery
   */
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
   * @throws {@link RolloutWebhookError} `invalid_signature` when the signature is missing, malformed or wrong;
   * `invalid_payload` when it is right, but the body is not JSON
   * @throws {@link RolloutConfigError} when `body` is not raw, for example because `express.json()` parsed it before, and when the
   * Client Secret is missing from the options and the environment
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
  /** What happened, such as `peopleCreated`, `peopleUpdated`, `peopleDeleted` or `peopleTagsCreated`. */
  event: string;
  /** The ids of the records that changed. */
  resourceIds: string[];
  /** Where the records are, as Rollout writes it. Do not request it as it is: the published example lacks `/api`. */
  uri: string;
}

/**
 * Creates a verifier of webhook deliveries (HMAC-SHA256 with the Client Secret as key). Create one and keep it. For servers
 * only: it refuses to run in a browser, because the Client Secret must not be there.
 *
 * The environment is read for the first delivery, so a module can create its verifier where the variable is missing, such as in
 * a build.
 *
 * Source: Rollout's guide "How to use Webhooks", two versions of which differ in what is signed (the Base64 text of the body,
 * or the body itself) and leave the digest's encoding open. Both are accepted, in hex and in Base64: each needs the secret.
 *
 * @throws {@link RolloutConfigError} when an option cannot be used, and when a secret is passed in a browser
 */
export function createWebhookVerifier(options: WebhookVerifierOptions = {}): WebhookVerifier {
  checkKeys(options, ["clientSecret"], "createWebhookVerifier");
  const clientSecret = clientSecretSource(options.clientSecret, "verify webhooks on your server");
  let isSigned: SignatureCheck | undefined;

  return {
    async verify(body, signature) {
      isSigned ??= createSignatureCheck(clientSecret());
      const bytes = rawBytes(body);
      const digest = readSignature(signature);
      if (!(await isSigned(bytes, digest))) {
        throw invalidSignature(
          "does not match: the body must be exactly what arrived, and clientSecret the secret that Rollout signs with",
        );
      }
      return parsePayload(bytes);
    },
  };
}

/** Type guard: whether a verified payload is a change of data: it has an `eventId`, an `event` and `resourceIds`. */
export function isWebhookEvent(payload: unknown): payload is WebhookEvent {
  const resourceIds = memberOf(payload, "resourceIds");
  return (
    ["eventId", "event"].every((name) => typeof memberOf(payload, name) === "string") &&
    Array.isArray(resourceIds) &&
    resourceIds.every((id) => typeof id === "string")
  );
}

function rawBytes(body: unknown): Uint8Array<ArrayBuffer> {
  if (typeof body === "string") return new TextEncoder().encode(body);
  if (isBytes(body)) return new Uint8Array(body);
  throw new RolloutConfigError(
    "body",
    "must be the raw body, as a string, Uint8Array or ArrayBuffer, but this one is missing or was parsed already: " +
      'with Express, give the route express.raw({ type: "application/json" }), before any express.json()',
  );
}

// By its tag, which Buffer shares: the classes of test environments (Jest, jsdom) are not this module's.
function isBytes(value: unknown): value is Uint8Array | ArrayBuffer {
  return ["[object Uint8Array]", "[object ArrayBuffer]"].includes(Object.prototype.toString.call(value));
}

function readSignature(signature: unknown): Uint8Array<ArrayBuffer> {
  if (signature === undefined || signature === null) throw invalidSignature("is missing");
  const digest = typeof signature === "string" ? decodeDigest(signature) : undefined;
  if (digest === undefined) throw invalidSignature("must be one SHA-256 digest, in hex or Base64");
  return digest;
}

function parsePayload(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    // Without the cause: a parser's message quotes the text.
    throw new RolloutWebhookError("invalid_payload", "The webhook has a valid signature, but its body is not JSON");
  }
}

function invalidSignature(problem: string): RolloutWebhookError {
  return new RolloutWebhookError("invalid_signature", `The webhook's X-Rollout-Signature ${problem}`);
}
