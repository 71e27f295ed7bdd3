import type { operations } from "./generated/openapi.ts";

type CreateCredential = operations["post_credentials"];

/** The body of `POST /credentials`. */
export interface CreateCredentialInput extends JsonOf<CreateCredential["requestBody"]> {}

/** The answer to `POST /credentials`. */
export type CreateCredentialAnswer = JsonOf<CreateCredential["responses"][200]>;

/** A credential: its `id` is what the APIs of a connected account want in `X-Rollout-Credential-Id`. */
export interface Credential extends Extract<CreateCredentialAnswer, { id: string }> {}

/** The connected system wants a one-time password before the credential exists. */
export interface OtpChallenge extends Extract<CreateCredentialAnswer, { otpChallengeId: string }> {}

/** An entity that can be named in `entitiesToSync`. */
export type EntityToSync = keyof NonNullable<CreateCredentialInput["entitiesToSync"]>;

type JsonOf<Message extends { content: { "application/json": unknown } }> = Message["content"]["application/json"];
