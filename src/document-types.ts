import type { components, operations } from "./generated/openapi.ts";

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
 * The connected system asks for a one-time password before the credential exists: show its `message`, and submit the code under
 * its `otpChallengeId`. `titleHTML` and `messageHTML` are HTML from a server: sanitize them before they reach a page.
 */
export interface OtpChallenge
  extends Pick<Challenge, "otpChallengeId" | "message">,
    Partial<Pick<Challenge, "action" | "titleHTML" | "messageHTML">> {}

/** The response to `POST /credentials`. */
export type CreateCredentialResponse =
  | Credential
  | OtpChallenge
  | NoOther<Exclude<Created, { id: string } | Challenge>>;

/** An entity that can be named in `entitiesToSync`. Source: the OpenAPI document. */
export type EntityToSync = keyof NonNullable<CreateCredentialInput["entitiesToSync"]>;

/**
 * The key of an app that Rollout connects to, such as `follow-up-boss`: one of the known keys, which editors complete, or any other
 * string, because apps may be added. `GET /connectors` returns the current ones.
 *
 * Source: Rollout's browser client.
 */
export type AppKey = components["schemas"]["AppKey"];

/**
 * A connected account as `GET /credentials` returns it. Its `data` may contain secrets.
 *
 * Source: page "List Credentials" of Rollout's API reference; `label`, `avatar`, `profile` and `data` are not always present.
 */
export interface ListedCredential extends JsonSchema<"ListedCredential"> {}

/**
 * An app that Rollout connects to: how its users connect (`auth`, or `authByPlan` where that depends on their plan of the app) and
 * what they are asked for.
 *
 * Source: page "List Connectors" of Rollout's API reference (`GET /connectors`).
 */
export interface Connector extends JsonSchema<"Connector"> {
  /** The key of the app, as in `appKey` of `POST /credentials`. */
  appKey: AppKey;
  /** How a user connects an account, where that does not depend on the plan. */
  auth: ConnectorAuth;
}

/**
 * How a user connects an account: with the values of a form (`apiToken`) or on a page of the app (`oauth1`, `oauth2`).
 *
 * Source: page "List Connectors" of Rollout's API reference (`GET /connectors`).
 */
export interface ConnectorAuth extends JsonSchema<"ConnectorAuth"> {}

/**
 * One field of the form that connects an account; its value goes into `userInputs` of `POST /credentials` under its `key`. `infoHTML`
 * is HTML from a server: sanitize it before showing it.
 *
 * Source: page "List Connectors" of Rollout's API reference (`GET /connectors`).
 */
export interface ConnectorInput extends JsonSchema<"ConnectorInput"> {}

/**
 * The body of `POST /oauth/authorize-url`: the app to connect with OAuth, and the entities to sync.
 *
 * Source: page "Create Oauth" of Rollout's API reference; the fields are those that Rollout's browser client sends.
 */
export interface AuthorizeUrlInput extends JsonSchema<"AuthorizeUrlInput"> {}

/**
 * Where the user connects the account: the page to open (`url`), and the `requestId` that the page's window message repeats.
 *
 * Source: page "Create Oauth" of Rollout's API reference; the fields are those that Rollout's browser client reads.
 */
export interface AuthorizeUrl extends JsonSchema<"AuthorizeUrl"> {}

type JsonSchema<Name extends keyof components["schemas"]> = components["schemas"][Name];
type Created = JsonOf<CreateCredential["responses"][200]>;
type Challenge = Extract<Created, { otpChallengeId: string }>;
/** Does not compile when the document adds a response that the client does not know. */
type NoOther<Response extends never> = Response;

type JsonOf<Message extends { content: { "application/json": unknown } }> = Message["content"]["application/json"];
