import type { WebhookEvent } from "../index.ts";
import { memberOf, parseJson } from "../values.ts";
import { checkOptions } from "./faults.ts";

/** Options of {@link createTestToken}. */
export interface TestTokenOptions {
  /** The life of the token in seconds; a negative number makes an expired token. @default 900 */
  readonly expiresIn?: number | undefined;
}

/**
 * Creates a token that the mock accepts, without a Client Secret. Its signature is made up, so a mock with the option
 * `clientSecret` refuses it, as Rollout does.
 *
 * Use it where `createTokenSigner` refuses to run, such as in tests of a page under jsdom.
 *
 * @param userId - your own id for the user: the token's `sub`
 * @throws TypeError when there is no user
 * @example
 * ```ts
 * import { createRolloutClient } from "rollout-client";
 * import { createRolloutMock, createTestToken } from "rollout-client/testing";
 *
 * const mock = createRolloutMock();
 * const rollout = createRolloutClient({ token: createTestToken("user_123"), ...mock.options });
 * ```
 */
export function createTestToken(userId: string, options: TestTokenOptions = {}): string {
  if (typeof userId !== "string" || userId === "") {
    throw new TypeError("createTestToken: `userId` must be a non-empty string, your own id for the user");
  }
  checkOptions(options, ["expiresIn"] satisfies (keyof TestTokenOptions)[], "createTestToken");
  const issuedAt = Math.floor(Date.now() / 1000);
  const payload = { iss: "test", sub: userId, iat: issuedAt, exp: issuedAt + (options.expiresIn ?? 900) };
  return [{ alg: "HS512", typ: "JWT" }, payload, "not a signature"].map(encodeBase64Url).join(".");
}

/** The result of checking the `Authorization` header of a request. */
export type TokenCheck = { readonly userId: string } | { readonly problem: string };

const BEARER_JWT = /^Bearer (([\w-]+)\.([\w-]+))\.([\w-]+)$/i;

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

/** The `sub` of the bearer token, valid or not; `undefined` when there is none. */
export function tokenUserId(authorization: string | null): string | undefined {
  const payload = BEARER_JWT.exec(authorization ?? "")?.[3];
  const sub = payload === undefined ? undefined : claim(payload, "sub");
  return typeof sub === "string" && sub !== "" ? sub : undefined;
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

function claim(part: string, name: string): unknown {
  const bytes = decodeBase64Url(part);
  return bytes === undefined ? undefined : memberOf(parseJson(new TextDecoder().decode(bytes)), name);
}

function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function encodeBase64Url(value: unknown): string {
  return base64Of(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function base64Of(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** Options of {@link createTestDelivery}. */
export interface TestDeliveryOptions {
  /** The Client Secret of your webhook verifier. */
  readonly clientSecret: string;
  /** The URL of your webhook route. @default "https://app.test/webhooks" */
  readonly url?: string | URL | undefined;
  /** Whether somebody else signed it, who does not have the Client Secret: your route must refuse it. @default false */
  readonly forged?: boolean | undefined;
}

/**
 * Creates a webhook delivery as Rollout sends it, to hand to your own webhook route: a `Request` whose body is the event, with
 * its signature in `X-Rollout-Signature`. What the event lacks is made up. A payload without `event` is sent as it is.
 *
 * Source: Rollout's guide "How to use Webhooks"; of its two versions, the newer one: the HMAC-SHA256 of the Base64 text of the
 * body, here in hex.
 *
 * @throws TypeError when there is no `clientSecret` or no such option
 * @example
 * ```ts
 * import { createTestDelivery } from "rollout-client/testing";
 *
 * const event = { event: "peopleCreated", resourceIds: ["person_1"] };
 * const delivery = await createTestDelivery(event, { clientSecret: "test", url: "https://app.test/rollout" });
 * console.log(delivery.method, delivery.headers.get("x-rollout-signature"));
 * ```
 */
export async function createTestDelivery(
  event: Readonly<Partial<WebhookEvent>> | Readonly<Record<string, unknown>>,
  options: TestDeliveryOptions,
): Promise<Request> {
  checkOptions(
    options,
    ["clientSecret", "url", "forged"] satisfies (keyof TestDeliveryOptions)[],
    "createTestDelivery",
  );
  const { clientSecret, url = "https://app.test/webhooks", forged = false } = options;
  if (typeof clientSecret !== "string" || clientSecret === "") {
    throw new TypeError("createTestDelivery: `clientSecret` must be a non-empty string");
  }
  const body = JSON.stringify(
    typeof event.event === "string" ? completeEvent({ ...event, event: event.event }) : event,
  );
  const headers = {
    "Content-Type": "application/json",
    "X-Rollout-Signature": await signBody(body, forged ? `not ${clientSecret}` : clientSecret),
  };
  return new Request(url, { method: "POST", headers, body });
}

let lastEventNumber = 0;

function completeEvent(event: Readonly<Partial<WebhookEvent>> & { readonly event: string }): WebhookEvent {
  lastEventNumber += 1;
  const { resourceIds = [] } = event;
  const collection = event.event.replace(/(Tags)?(Created|Updated|Deleted)$/, "");
  return {
    eventId: `event_${lastEventNumber}`,
    eventCreated: new Date().toISOString(),
    // As in the published example, which lacks /api.
    uri: `https://crm.universal.rollout.com/${collection}?ids=${resourceIds.join(",")}`,
    ...event,
    resourceIds,
  };
}

/** The HMAC-SHA256 of the Base64 text of a body, in hex. */
async function signBody(body: string, secret: string): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["sign"]);
  const digest = await crypto.subtle.sign("HMAC", key, encoder.encode(base64Of(body)));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
