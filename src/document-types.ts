import type { operations } from "./generated/openapi.ts";

type CreateCredential = operations["post_credentials"];

/**
 * The body of `POST /credentials`: the app to connect (`appKey`, such as `follow-up-boss`, `lofty`, `skyslope`, `gmail`), what
 * it asks its users for (`userInputs`), and the entities to sync (`entitiesToSync`: `true` opts in; what the app lacks is
 * ignored).
 *
 * Source: the OpenAPI document; Rollout's guide "Controlling Which Records Sync".
 */
export interface CreateCredentialInput extends JsonOf<CreateCredential["requestBody"]> {}

/** A credential: the APIs of a connected account need its `id` in `X-Rollout-Credential-Id`. */
export interface Credential extends Extract<Created, { id: string }> {}

/**
 * The connected system wants a one-time password before the credential exists: show its `message`, and submit the code under
 * its `otpChallengeId`. `titleHTML` and `messageHTML` are HTML from a server: sanitize them before they reach a page.
 */
export interface OtpChallenge
  extends Pick<Challenge, "otpChallengeId" | "message">,
    Partial<Pick<Challenge, "action" | "titleHTML" | "messageHTML">> {}

/** What `POST /credentials` responds with. */
export type CreateCredentialResponse =
  | Credential
  | OtpChallenge
  | NoOther<Exclude<Created, { id: string } | Challenge>>;

/** An entity that can be named in `entitiesToSync`. Source: the OpenAPI document. */
export type EntityToSync = keyof NonNullable<CreateCredentialInput["entitiesToSync"]>;

type Created = JsonOf<CreateCredential["responses"][200]>;
type Challenge = Extract<Created, { otpChallengeId: string }>;
/** Does not compile when the document adds a response that the client does not know. */
type NoOther<Response extends never> = Response;

type JsonOf<Message extends { content: { "application/json": unknown } }> = Message["content"]["application/json"];
