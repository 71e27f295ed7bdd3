import type { operations } from "./generated/openapi.ts";

type CreateCredential = operations["post_credentials"];

/**
 * The body of `POST /credentials`: the app to connect (`appKey`, such as `followupboss`, `lofty`, `skyslope`, `gmail`), what
 * it asks its users for (`userInputs`), and the entities to keep in step (`entitiesToSync`: `true` opts in, `false` is not
 * stored, what the app lacks is ignored).
 *
 * Source: the OpenAPI document; Rollout's guide "Controlling Which Records Sync".
 */
export interface CreateCredentialInput extends JsonOf<CreateCredential["requestBody"]> {}

/** The answer to `POST /credentials`. */
export type CreateCredentialAnswer = JsonOf<CreateCredential["responses"][200]>;

/** A credential: its `id` is what the APIs of a connected account want in `X-Rollout-Credential-Id`. */
export interface Credential extends Extract<CreateCredentialAnswer, { id: string }> {}

/**
 * The connected system wants a one-time password before the credential exists: show its `message`, and submit the code under
 * its `otpChallengeId`. `titleHTML` and `messageHTML` are HTML from a server, to be sanitised before they reach a page.
 */
export interface OtpChallenge extends Extract<CreateCredentialAnswer, { otpChallengeId: string }> {}

/** An entity that can be named in `entitiesToSync`. Source: the OpenAPI document. */
export type EntityToSync = keyof NonNullable<CreateCredentialInput["entitiesToSync"]>;

type JsonOf<Message extends { content: { "application/json": unknown } }> = Message["content"]["application/json"];
