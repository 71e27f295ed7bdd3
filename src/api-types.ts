import type { FetchOptions, FetchResponse, Middleware, ParamsOption, ParseAs, RequestBodyOption } from "openapi-fetch";
import type { FetchFunction } from "./call/attempt.ts";
import type { InputOf } from "./document-types.ts";
import type { OpenApiFetchClient } from "./openapi-fetch-client.ts";
import type { ApiCallOptions } from "./options.ts";
import type { SuccessData } from "./unwrap.ts";

/**
 * An openapi-fetch client, so packages for openapi-fetch work with it. A call resolves to `{ data, error, response }` for every
 * status but a redirect, and takes `signal`, `timeout`, `retry` and `waitUntilReady` besides the options of openapi-fetch.
 */
export interface RolloutApi<Paths extends {}> extends OpenApiFetchClient<Paths> {
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
  /** Calls an operation by its method and path. */
  request: ApiRequest<Paths>;
  /** Registers middleware of openapi-fetch. */
  use(...middleware: Middleware[]): void;
  /** Removes middleware. */
  eject(...middleware: Middleware[]): void;
}

/** A method of the OpenAPI document. */
export type HttpMethod = "get" | "put" | "post" | "delete" | "options" | "head" | "patch" | "trace";

/** The paths of a document that have a method. */
export type PathsWith<Paths, Verb extends HttpMethod> = {
  [Path in keyof Paths]: Paths[Path] extends Record<Verb, object> ? Path : never;
}[keyof Paths];

/** An operation of a document. */
export type OperationOf<Paths, Path extends keyof Paths, Verb> = Paths[Path][Verb & keyof Paths[Path]];

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
export type ApiInit<Operation, As extends ParseAs = ParseAs> = Omit<
  FetchOptions<Operation>,
  keyof ApiRequestOptions | "body"
> &
  InputOf<RequestBodyOption<Operation>> &
  ApiRequestOptions<As>;

/** The arguments after the path: optional where the operation requires nothing. */
export type ApiArguments<Operation, As extends ParseAs = ParseAs> = object extends ParamsOption<Operation> &
  RequestBodyOption<Operation>
  ? [init?: ApiInit<Operation, As>]
  : [init: ApiInit<Operation, As>];

/** The body of a success, as `parseAs` says. */
export type ApiData<Operation, As extends ParseAs = "json"> = SuccessData<Fetched<Operation, As>>;
type Fetched<Operation, As extends ParseAs> = FetchResponse<Operation & {}, { parseAs: As }, `${string}/${string}`>;

/** What a call resolves to: `data` after a success, or else `error`. */
export type ApiResponse<Data, Failure> = {
  /** The response. Its body has been read. */
  response: Response;
} & (
  | {
      /** The body of a success. */
      data: Data;
      /** The body of any other response, or a `RolloutApiError` where that body is empty. */
      error?: never;
    }
  | {
      /** The body of a success. */
      data?: never;
      /** The body of any other response, or a `RolloutApiError` where that body is empty. */
      error: Failure;
    }
);

type ErrorBody<Operation> = Extract<Fetched<Operation, "json">, { data?: never; error: unknown }>["error"];
type Called<Operation, As extends ParseAs> = Promise<ApiResponse<ApiData<Operation, As>, ErrorBody<Operation>>>;

/** A method of `api`. */
export interface ApiMethod<Paths extends {}, Verb extends HttpMethod> {
  /** Calls an operation. */
  <Path extends PathsWith<Paths, Verb>, As extends ParseAs = "json">(
    path: Path,
    ...init: ApiArguments<OperationOf<Paths, Path, Verb>, As>
  ): Called<OperationOf<Paths, Path, Verb>, As>;
  /**
   * This overload is never called. It makes the type assignable to openapi-fetch's `Client`, because TypeScript compares only
   * erased overloads.
   */
  <Result>(this: never): Promise<Result>;
}

/** `api.request`. */
export interface ApiRequest<Paths extends {}> {
  /** Calls an operation by its method and path. */
  <Verb extends HttpMethod, Path extends PathsWith<Paths, Verb>, As extends ParseAs = "json">(
    method: Verb,
    path: Path,
    ...init: ApiArguments<OperationOf<Paths, Path, Verb>, As>
  ): Called<OperationOf<Paths, Path, Verb>, As>;
  /** This overload is never called, as in {@link ApiMethod}. */
  <Result>(this: never): Promise<Result>;
}
