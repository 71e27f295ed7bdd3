import type {
  Client,
  ClientPathsWithMethod,
  FetchResponse,
  MaybeOptionalInit,
  Middleware,
  ParseAs,
} from "openapi-fetch";
import type { FetchFunction } from "./call/fetch-function.ts";
import type { ApiCallOptions } from "./options.ts";

/**
 * An openapi-fetch client (`GET`, `POST`, …, `use`, `eject`), so packages for openapi-fetch work with it. It
 * resolves to `{ data, error, response }` for every HTTP status but a redirect, and rejects only with a `RolloutError` or
 * the caller's own abort reason. Each call takes `signal`, `timeout`, `retry` and `waitUntilReady` besides the options of openapi-fetch.
 *
 * `error` is the body of a response that is not a success, or a `RolloutApiError` where that body is empty.
 */
export interface RolloutApi<Paths extends {}> {
  /** Calls a GET operation. */
  GET: ApiMethod<Paths, "get">;
  /** Calls a PUT operation. */
  PUT: ApiMethod<Paths, "put">;
  /** Calls a POST operation. */
  POST: ApiMethod<Paths, "post">;
  /** Calls a DELETE operation. */
  DELETE: ApiMethod<Paths, "delete">;
  /** Calls an OPTIONS operation. */
  OPTIONS: ApiMethod<Paths, "options">;
  /** Calls a HEAD operation. */
  HEAD: ApiMethod<Paths, "head">;
  /** Calls a PATCH operation. */
  PATCH: ApiMethod<Paths, "patch">;
  /** Calls a TRACE operation. Packages for openapi-fetch infer the document from its type. */
  TRACE: Client<Paths>["TRACE"];
  /** Calls an operation by its method and path. */
  request: Client<Paths>["request"];
  /** Registers middleware of openapi-fetch. */
  use(...middleware: Middleware[]): void;
  /** Removes middleware. */
  eject(...middleware: Middleware[]): void;
}

/** A method of the OpenAPI document. */
export type HttpMethod = "get" | "put" | "post" | "delete" | "options" | "head" | "patch" | "trace";

/** The options of one call, besides the request. */
export interface ApiRequestOptions<As extends ParseAs = ParseAs> extends ApiCallOptions {
  /** The `fetch` for this call. @default the client's */
  fetch?: FetchFunction | undefined;
  /** How the body of a success is read. @default "json" */
  parseAs?: As | undefined;
  /** An agent for this call, if the `fetch` takes one, as Node's does. @default the platform's */
  dispatcher?: object | undefined;
  /** Platforms require `"half"` if the body is a stream. @default undefined */
  duplex?: "half" | undefined;
}

/** What a call of an operation takes: its parameters and body, and the options of the call. */
export type ApiInit<Operations, Verb extends HttpMethod & keyof Operations, As extends ParseAs = ParseAs> = Omit<
  NonNullable<MaybeOptionalInit<Operations, Verb>>,
  keyof ApiRequestOptions
> &
  ApiRequestOptions<As>;

/** The arguments after the path: optional where the operation requires nothing. */
export type ApiArguments<Operations, Verb extends HttpMethod & keyof Operations, As extends ParseAs = ParseAs> =
  undefined extends MaybeOptionalInit<Operations, Verb>
    ? [init?: ApiInit<Operations, Verb, As>]
    : [init: ApiInit<Operations, Verb, As>];

/** A method of `api`. */
export interface ApiMethod<Paths extends {}, Verb extends HttpMethod> {
  <Path extends ClientPathsWithMethod<Client<Paths>, Verb> & keyof Paths, As extends ParseAs = "json">(
    path: Path,
    ...init: ApiArguments<Paths[Path], Verb & keyof Paths[Path], As>
  ): Promise<FetchResponse<Paths[Path][Verb & keyof Paths[Path]] & {}, { parseAs: As }, `${string}/${string}`>>;
  // Never chosen. TypeScript compares overloaded functions without their type parameters, which makes this an openapi-fetch client.
  (path: never, ...never: [never, never, never]): Promise<unknown>;
}
