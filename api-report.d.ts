// By npm run api-report. Do not edit.

declare module "rollout-client" {
  export interface AdaptiveRateLimiter extends Required<RateLimiter> {
    readonly queued: number;
    readonly requestsPerSecond: number;
    readonly background: Required<RateLimiter> & {
      readonly queued: number;
    };
  }
  export type AnyRolloutError = RolloutConfigError | RolloutApiError | RolloutNetworkError | RolloutResponseError | RolloutOtpError | RolloutWebhookError | RolloutPopupError;
  export interface ApiMethod<Paths extends {}, Verb extends HttpMethod> {
    <Path extends PathsWith<Paths, Verb>, As extends ParseAs = "json">(path: Path, ...init: ApiArguments<OperationOf<Paths, Path, Verb>, As>): Called<OperationOf<Paths, Path, Verb>, As>;
    <Result>(this: never): Promise<Result>;
  }
  export interface ApiRequest<Paths extends {}> {
    <Verb extends HttpMethod, Path extends PathsWith<Paths, Verb>, As extends ParseAs = "json">(method: Verb, path: Path, ...init: ApiArguments<OperationOf<Paths, Path, Verb>, As>): Called<OperationOf<Paths, Path, Verb>, As>;
    <Result>(this: never): Promise<Result>;
  }
  export interface ApiRequestOptions<As extends ParseAs = ParseAs> extends ApiCallOptions {
    fetch?: FetchFunction | undefined;
    parseAs?: As | undefined;
    dispatcher?: object | undefined;
    duplex?: "half" | undefined;
  }
  export type ApiResponse<Data, Failure> = {
    response: Response;
  } & ({
    data: Data;
    error?: never;
  } | {
    data?: never;
    error: Failure;
  });
  export interface ApiResult {
    readonly data?: unknown;
    readonly error?: unknown;
    readonly response: Response;
  }
  export type AppKey = JsonSchema<"AppKey">;
  export interface AuthorizePopup {
    connect(authorization: AuthorizeUrl | Promise<AuthorizeUrl>, options?: {
      signal?: AbortSignal | null | undefined;
    }): Promise<Credential>;
  }
  export interface AuthorizeUrl extends JsonSchema<"AuthorizeUrl"> {
  }
  export interface AuthorizeUrlInput extends InputOf<JsonSchema<"AuthorizeUrlInput">> {
  }
  export interface CallRecord {
    readonly method: string;
    readonly path: string;
    readonly origin: string;
    readonly status?: number;
    readonly code?: RolloutErrorCode | "aborted" | "caller_error";
    readonly attempts: number;
    readonly startedAt: Date;
    readonly duration: number;
    readonly queued: number;
    readonly requestId?: string;
    readonly credentialId?: string;
    readonly mayHaveSucceeded?: boolean;
  }
  export interface Connector extends JsonSchema<"Connector"> {
    appKey: AppKey;
    auth: ConnectorAuth;
  }
  export interface ConnectorAuth extends JsonSchema<"ConnectorAuth"> {
  }
  export interface ConnectorInput extends JsonSchema<"ConnectorInput"> {
  }
  export interface ConnectorOperations {
    list(input?: Record<string, never>, options?: OperationOptions): Promise<Connector[]>;
  }
  export interface CreateCredentialInput extends InputOf<JsonOf<operations["post_credentials"]["requestBody"]>> {
  }
  export interface CreateCredentialOptions extends OperationOptions {
    confirm?: boolean | undefined;
    onOtp?: OnOtp | undefined;
  }
  export interface Credential extends Extract<Created, {
    id: string;
  }> {
  }
  export interface CredentialOperations {
    create(input: CreateCredentialInput, options: CreateCredentialOptions & {
      onOtp: OnOtp;
    }): Promise<Credential>;
    create(input: CreateCredentialInput, options?: CreateCredentialOptions): Promise<Credential | OtpChallenge>;
    submitOtp(challenge: Pick<OtpChallenge, "otpChallengeId"> | string, code: string, options?: SubmitOtpOptions): Promise<Credential>;
    list(input?: ListCredentialsInput, options?: OperationOptions): Promise<ListedCredential[]>;
    update(credentialId: string, input: UpdateCredentialInput, options?: OperationOptions): Promise<void>;
    delete(credentialId: string, options?: OperationOptions): Promise<void>;
    authorizeUrl(input: AuthorizeUrlInput, options?: OperationOptions): Promise<AuthorizeUrl>;
  }
  export type EntityToSync = keyof NonNullable<CreateCredentialInput["entitiesToSync"]>;
  export interface ErrorDetail {
    readonly message: string;
    readonly path?: string;
  }
  export type FetchFunction = (url: string, init: FetchInit) => Promise<FetchResponse>;
  export interface FetchInit {
    method: string;
    headers: Headers;
    body?: string | ArrayBuffer | BodyStream;
    redirect: "manual";
    signal: AbortSignal;
  }
  export interface FetchResponse {
    readonly status: number;
    readonly statusText?: string;
    readonly headers: {
      forEach(callback: (value: string, name: string) => void): void;
    };
    readonly body?: unknown;
    arrayBuffer?(): Promise<ArrayBuffer>;
    readonly type?: string;
    readonly url?: string;
    readonly redirected?: boolean;
    readonly bodyUsed?: boolean;
  }
  export type HeadersOptions = Required<RequestInit>["headers"] | Record<string, string | number | boolean | (string | number | boolean)[] | null | undefined>;
  export interface ListCredentialsInput {
    appKey?: AppKey | undefined;
    includeProfile?: boolean | undefined;
    includeData?: boolean | undefined;
  }
  export interface ListedCredential extends JsonSchema<"ListedCredential"> {
  }
  export interface Logger {
    debug(line: string): void;
    warn(line: string): void;
  }
  export type Middleware = {
    onRequest: MiddlewareOnRequest;
    onResponse?: MiddlewareOnResponse;
    onError?: MiddlewareOnError;
  } | {
    onRequest?: MiddlewareOnRequest;
    onResponse: MiddlewareOnResponse;
    onError?: MiddlewareOnError;
  } | {
    onRequest?: MiddlewareOnRequest;
    onResponse?: MiddlewareOnResponse;
    onError: MiddlewareOnError;
  };
  export interface MiddlewareCallbackParams {
    request: Request;
    readonly schemaPath: string;
    readonly params: MiddlewareRequestParams;
    readonly id: string;
    readonly options: MergedOptions;
  }
  export type OnOtp = (challenge: OtpChallenge, prompt: OtpPrompt) => string | null | undefined | Promise<string | null | undefined>;
  export interface OperationOptions extends CallOptions {
    headers?: HeadersOptions | undefined;
  }
  export interface OtpChallenge extends Pick<Challenge, "otpChallengeId" | "message">, Partial<Pick<Challenge, "action" | "titleHTML" | "messageHTML">> {
  }
  export interface OtpPrompt {
    readonly attempt: number;
    readonly rejected: RolloutOtpError | undefined;
  }
  export interface RateLimiter {
    acquire(signal?: AbortSignal): Promise<void>;
    refused?(pauseMilliseconds: number): void;
    succeeded?(): void;
    readonly successes?: number;
  }
  export interface RateLimiterOptions {
    requestsPerSecond?: number | undefined;
    logger?: Logger | undefined;
  }
  export type RetryOptions = {
    limit?: number | undefined;
    maxDelay?: number | undefined;
  } | false;
  export interface RolloutApi<Paths extends {}> extends OpenApiFetchClient<Paths> {
    GET: ApiMethod<Paths, "get">;
    PUT: ApiMethod<Paths, "put">;
    POST: ApiMethod<Paths, "post">;
    DELETE: ApiMethod<Paths, "delete">;
    OPTIONS: ApiMethod<Paths, "options">;
    HEAD: ApiMethod<Paths, "head">;
    PATCH: ApiMethod<Paths, "patch">;
    request: ApiRequest<Paths>;
    use(...middleware: Middleware[]): void;
    eject(...middleware: Middleware[]): void;
  }
  export class RolloutApiError extends RolloutCallError {
    readonly name = "RolloutApiError";
    readonly code: ApiErrorCode;
    readonly status: number;
    readonly errors: readonly ErrorDetail[];
    readonly body: unknown;
    readonly headers: Headers;
    readonly requestId: string | undefined;
    readonly retryAfter: number | undefined;
  }
  export interface RolloutApiOptions extends SharedOptions {
    baseUrl: string | URL;
  }
  export abstract class RolloutCallError extends RolloutError {
    readonly method: string;
    readonly path: string;
    readonly origin: string;
    readonly attempts: number;
  }
  export interface RolloutClient {
    readonly api: RolloutApi<paths>;
    readonly credentials: CredentialOperations;
    readonly connectors: ConnectorOperations;
  }
  export interface RolloutClientOptions extends SharedOptions {
    baseUrl?: string | URL | undefined;
  }
  export class RolloutConfigError extends RolloutError {
    readonly name = "RolloutConfigError";
    readonly code: "invalid_config" | "invalid_input";
    readonly option: string;
  }
  export abstract class RolloutError extends Error {
    abstract readonly name: AnyRolloutError["name"];
    abstract readonly code: RolloutErrorCode;
    readonly mayHaveSucceeded: boolean;
    toJSON(): Record<string, unknown>;
  }
  export type RolloutErrorCode = AnyRolloutError["code"];
  export class RolloutNetworkError extends RolloutCallError {
    readonly name = "RolloutNetworkError";
    readonly code: "network" | "timeout";
  }
  export class RolloutOtpError extends RolloutError {
    #private;
    readonly name = "RolloutOtpError";
    readonly code: "otp_rejected" | "otp_cancelled" | "otp_failed";
    readonly errors: readonly ErrorDetail[];
    get otpChallengeId(): string;
  }
  export class RolloutPopupError extends RolloutError {
    readonly name = "RolloutPopupError";
    readonly code: "popup_blocked" | "popup_closed" | "authorization_failed";
    readonly errors: readonly ErrorDetail[];
  }
  export class RolloutResponseError extends RolloutCallError {
    readonly name = "RolloutResponseError";
    readonly code: "invalid_response" | "redirected";
    readonly status: number;
    readonly headers: Headers;
    readonly requestId: string | undefined;
  }
  export class RolloutWebhookError extends RolloutError {
    readonly name = "RolloutWebhookError";
    readonly code: "invalid_signature" | "invalid_payload";
  }
  export interface SubmitOtpOptions extends CallOptions {
    retry?: CallOptions["retry"];
  }
  export interface TokenRequest {
    readonly refresh: boolean;
  }
  export interface TokenSigner {
    sign(userId: string): Promise<string>;
    forUser(userId: string): (request?: TokenRequest) => Promise<string>;
  }
  export interface TokenSignerOptions {
    clientId?: string | undefined;
    clientSecret?: string | undefined;
    expiresIn?: number | undefined;
  }
  export type TokenSource = string | ((request: TokenRequest) => string | Promise<string>);
  export interface UpdateCredentialInput {
    entitiesToSync: {
      [Entity in EntityToSync]?: boolean | undefined;
    };
  }
  export interface WayToConnect {
    kind: "form" | "oauth";
    plan?: string;
    fields: ConnectorInput[];
  }
  export type WebSocketConstructor = new (url: string) => WebSocketConnection;
  export interface WebhookEvent {
    eventId: string;
    eventCreated: string;
    event: `${EntityToSync}${"Created" | "Updated" | "Deleted"}` | "peopleTagsCreated" | (string & {});
    resourceIds: string[];
    uri: string;
  }
  export interface WebhookVerifier {
    verify(body: string | Uint8Array | ArrayBuffer, signature: string | readonly string[] | null | undefined): Promise<unknown>;
  }
  export interface WebhookVerifierOptions {
    clientSecret?: string | undefined;
  }
  export function cachedToken(fetchToken: () => string | Promise<string>): (request?: TokenRequest) => Promise<string>;
  export interface components {} // src/generated/openapi.ts
  export function createRateLimiter(options?: RateLimiterOptions): AdaptiveRateLimiter;
  export function createRolloutApi<Paths extends {}>(options: RolloutApiOptions): RolloutApi<Paths>;
  export function createRolloutClient(options: RolloutClientOptions): RolloutClient;
  export function createTokenSigner(options?: TokenSignerOptions): TokenSigner;
  export function createWebhookVerifier(options?: WebhookVerifierOptions): WebhookVerifier;
  export function isOtpChallenge(value: unknown): value is OtpChallenge;
  export function isRolloutError(error: unknown): error is AnyRolloutError;
  export function isWebhookEvent(payload: unknown): payload is WebhookEvent;
  export function openAuthorizePopup(): AuthorizePopup;
  export interface operations {} // src/generated/openapi.ts
  export function paginate<Paths extends {}, Path extends PathsWith<Paths, "get">>(api: RolloutApi<Paths>, path: Path, ...[init]: ApiArguments<OperationOf<Paths, Path, "get">>): AsyncGenerator<ApiData<OperationOf<Paths, Path, "get">>, void, undefined>;
  export function paginateItems<Paths extends {}, Path extends PathsWith<Paths, "get">>(api: RolloutApi<Paths>, path: Path, ...[init]: ApiArguments<OperationOf<Paths, Path, "get">>): AsyncGenerator<PageItem<ApiData<OperationOf<Paths, Path, "get">>>, void, undefined>;
  export interface paths {} // src/generated/openapi.ts
  export function unwrap<Result extends ApiResult>(result: Result): SuccessData<Result>;
  export function waysToConnect(connector: Pick<Connector, "auth" | "authByPlan">): WayToConnect[];
  // Not exported, but named by the above:
  type $Read<T> = {
    readonly $read: T;
  };
  type $Write<T> = {
    readonly $write: T;
  };
  type ApiArguments<Operation, As extends ParseAs = ParseAs> = object extends ParamsOption<Operation> & RequestBodyOption<Operation> ? [
    init?: ApiInit<Operation, As>
  ] : [
    init: ApiInit<Operation, As>
  ];
  interface ApiCallOptions extends CallOptions {
    waitUntilReady?: number | undefined;
  }
  type ApiData<Operation, As extends ParseAs = "json"> = SuccessData<Fetched<Operation, As>>;
  type ApiErrorCode = "bad_request" | "unauthorized" | "forbidden" | "not_found" | "conflict" | "rate_limited" | "server_error" | "unexpected_status";
  type ApiInit<Operation, As extends ParseAs = ParseAs> = Omit<FetchOptions<Operation>, keyof ApiRequestOptions | "body"> & InputOf<RequestBodyOption<Operation>> & ApiRequestOptions<As>;
  type BodySerializer<T> = (body: OperationRequestBodyContent<T>) => any;
  type BodyStream = ReadableStream<Uint8Array> & AsyncIterable<Uint8Array>;
  type BodyType<T = unknown> = {
    json: T;
    text: Awaited<ReturnType<Response["text"]>>;
    blob: Awaited<ReturnType<Response["blob"]>>;
    arrayBuffer: Awaited<ReturnType<Response["arrayBuffer"]>>;
    stream: Response["body"];
  };
  interface CallOptions {
    signal?: AbortSignal | null | undefined;
    timeout?: number | undefined;
    retry?: RetryOptions | undefined;
  }
  type Called<Operation, As extends ParseAs> = Promise<ApiResponse<ApiData<Operation, As>, ErrorBody<Operation>>>;
  type Challenge = OnlyChallenge<Exclude<Created, {
    id: string;
  }>>;
  interface ClientOptions extends Omit<RequestInit, "headers"> {
    baseUrl?: string;
    fetch?: (input: Request) => Promise<Response>;
    Request?: typeof Request;
    querySerializer?: QuerySerializer<unknown> | QuerySerializerOptions;
    bodySerializer?: BodySerializer<unknown>;
    pathSerializer?: PathSerializer;
    headers?: HeadersOptions;
    requestInitExt?: Record<string, unknown>;
  }
  type Created = JsonOf<operations["post_credentials"]["responses"][200]>;
  interface DefaultParamsOption {
    params?: {
      query?: Record<string, unknown>;
    };
  }
  type ErrorBody<Operation> = Extract<Fetched<Operation, "json">, {
    data?: never;
    error: unknown;
  }>["error"];
  interface ErrorFields {
    readonly mayHaveSucceeded: boolean;
    readonly [field: string]: unknown;
  }
  type ErrorResponse<T extends Record<string | number, any>, Media extends MediaType = MediaType> = GetResponseContent<T, Media, ErrorStatus>;
  type ErrorStatus = 500 | 501 | 502 | 503 | 504 | 505 | 506 | 507 | 508 | 510 | 511 | '5XX' | 400 | 401 | 402 | 403 | 404 | 405 | 406 | 407 | 408 | 409 | 410 | 411 | 412 | 413 | 414 | 415 | 416 | 417 | 418 | 420 | 421 | 422 | 423 | 424 | 425 | 426 | 427 | 428 | 429 | 430 | 431 | 444 | 450 | 451 | 497 | 498 | 499 | '4XX' | "default";
  type FetchOptions<T> = RequestOptions<T> & Omit<RequestInit, "body" | "headers">;
  type FetchResponse$1<T extends Record<string | number, any>, Options, Media extends MediaType> = {
    data: ParseAsResponse<Readable<SuccessResponse<ResponseObjectMap<T>, Media>>, Options>;
    error?: never;
    response: Response;
  } | {
    data?: never;
    error: Readable<ErrorResponse<ResponseObjectMap<T>, Media>>;
    response: Response;
  };
  type Fetched<Operation, As extends ParseAs> = FetchResponse$1<Operation & {}, {
    parseAs: As;
  }, `${string}/${string}`>;
  type FilterKeys<Obj, Matchers> = Obj[keyof Obj & Matchers];
  type GetResponseContent<T extends Record<string | number, any>, Media extends MediaType = MediaType, ResponseCode extends keyof T = keyof T> = ResponseCode extends keyof T ? {
    [K in ResponseCode]: T[K]["content"] extends Record<string, any> ? FilterKeys<T[K]["content"], Media> extends never ? T[K]["content"] : FilterKeys<T[K]["content"], Media> : K extends keyof T ? T[K]["content"] : never;
  }[ResponseCode] : never;
  type HttpMethod = "get" | "put" | "post" | "delete" | "options" | "head" | "patch" | "trace";
  type IfOptional<Body, Name extends keyof Body> = string extends Name ? never : object extends Pick<Body, Name> ? undefined : never;
  type InputOf<Body> = Body extends string ? Body : Body extends unknown[] ? Readonly<Body> : Body extends object ? {
    [Name in keyof Body]: InputOf<Body[Name]> | IfOptional<Body, Name>;
  } : Body;
  type IsOperationRequestBodyOptional<T> = RequiredKeysOf<PickRequestBody<T>> extends never ? true : false;
  type ItemOf<Page> = Page extends readonly (infer Item)[] ? Item : Page extends object ? Extract<Page[keyof Page], readonly unknown[]>[number] : never;
  type JsonOf<Message extends {
    content: {
      "application/json": unknown;
    };
  }> = Message["content"]["application/json"];
  type JsonSchema<Name extends keyof components["schemas"]> = components["schemas"][Name];
  type Listen = <Type extends keyof WebSocketEvents>(type: Type, call: (event: WebSocketEvents[Type]) => void) => void;
  type MediaType = `${string}/${string}`;
  type MergedOptions<T = unknown> = {
    baseUrl: string;
    parseAs: ParseAs;
    querySerializer: QuerySerializer<T>;
    bodySerializer: BodySerializer<T>;
    pathSerializer: PathSerializer;
    fetch: typeof globalThis.fetch;
  };
  type MiddlewareOnError = (options: MiddlewareCallbackParams & {
    error: unknown;
  }) => void | Response | Error | Promise<void | Response | Error>;
  type MiddlewareOnRequest = (options: MiddlewareCallbackParams) => void | Request | Response | undefined | Promise<Request | Response | undefined | void>;
  type MiddlewareOnResponse = (options: MiddlewareCallbackParams & {
    response: Response;
  }) => void | Response | undefined | Promise<Response | undefined | void>;
  interface MiddlewareRequestParams {
    query?: Record<string, unknown>;
    header?: Record<string, unknown>;
    path?: Record<string, unknown>;
    cookie?: Record<string, unknown>;
  }
  type OkStatus = 200 | 201 | 202 | 203 | 204 | 206 | 207 | "2XX";
  type OnCall = (record: CallRecord) => void;
  type OnlyChallenge<Response extends {
    otpChallengeId: string;
  }> = Extract<Response, {
    otpChallengeId: string;
  }>;
  interface OpenApiFetchClient<Paths extends {}> {
    TRACE: Client<Paths>["TRACE"];
  }
  type OperationOf<Paths, Path extends keyof Paths, Verb> = Paths[Path][Verb & keyof Paths[Path]];
  type OperationRequestBody<T> = "requestBody" extends keyof T ? T["requestBody"] : never;
  type OperationRequestBodyContent<T> = FilterKeys<OperationRequestBodyMediaContent<T>, MediaType> extends never ? FilterKeys<NonNullable<OperationRequestBodyMediaContent<T>>, MediaType> | undefined : FilterKeys<OperationRequestBodyMediaContent<T>, MediaType>;
  type OperationRequestBodyMediaContent<T> = IsOperationRequestBodyOptional<T> extends true ? ResponseContent<NonNullable<OperationRequestBody<T>>> | undefined : ResponseContent<OperationRequestBody<T>>;
  type PageItem<Page> = [
    ItemOf<Page>
  ] extends [
    never
  ] ? unknown : ItemOf<Page>;
  type ParamsOption<T> = T extends {
    parameters: any;
  } ? RequiredKeysOf<T["parameters"]> extends never ? {
    params?: T["parameters"];
  } : {
    params: T["parameters"];
  } : DefaultParamsOption;
  type ParseAs = keyof BodyType;
  type ParseAsResponse<T, Options> = Options extends {
    parseAs: ParseAs;
  } ? BodyType<T>[Options["parseAs"]] : T;
  type PathSerializer = (pathname: string, pathParams: Record<string, unknown>) => string;
  type PathsWith<Paths, Verb extends HttpMethod> = {
    [Path in keyof Paths]: Paths[Path] extends Record<Verb, object> ? Path : never;
  }[keyof Paths];
  type PickRequestBody<T> = "requestBody" extends keyof T ? Pick<T, "requestBody"> : never;
  type QuerySerializer<T> = (query: T extends {
    parameters: any;
  } ? NonNullable<T["parameters"]["query"]> : Record<string, unknown>) => string;
  type QuerySerializerOptions = {
    array?: {
      style: "form" | "spaceDelimited" | "pipeDelimited";
      explode: boolean;
    };
    object?: {
      style: "form" | "deepObject";
      explode: boolean;
    };
    allowReserved?: boolean;
  };
  type Readable<T> = T extends $Write<any> ? never : T extends $Read<infer U> ? Readable<U> : T extends (infer E)[] ? Readable<E>[] : T extends object ? {
    [K in keyof T as NonNullable<T[K]> extends $Write<any> ? never : K]: Readable<T[K]>;
  } : T;
  type RequestBodyOption<T> = Writable<OperationRequestBodyContent<T>> extends never ? {
    body?: never;
  } : IsOperationRequestBodyOptional<T> extends true ? {
    body?: Writable<OperationRequestBodyContent<T>>;
  } : {
    body: Writable<OperationRequestBodyContent<T>>;
  };
  type RequestOptions<T> = ParamsOption<T> & RequestBodyOption<T> & {
    baseUrl?: string;
    querySerializer?: QuerySerializer<T> | QuerySerializerOptions;
    bodySerializer?: BodySerializer<T>;
    pathSerializer?: PathSerializer;
    parseAs?: ParseAs;
    fetch?: ClientOptions["fetch"];
    headers?: HeadersOptions;
    middleware?: Middleware[];
  };
  type RequiredKeysOf<T> = RequiredKeysOfHelper<T> extends undefined ? never : RequiredKeysOfHelper<T>;
  type RequiredKeysOfHelper<T> = {
    [K in keyof T]: {} extends Pick<T, K> ? never : K;
  }[keyof T];
  type ResponseContent<T> = T extends {
    content: any;
  } ? T["content"] : unknown;
  type ResponseObjectMap<T> = T extends {
    responses: any;
  } ? T["responses"] : unknown;
  interface SharedOptions {
    token: TokenSource;
    credentialId?: string | undefined;
    dangerouslyAllowHttp?: boolean | undefined;
    headers?: HeadersOptions | undefined;
    timeout?: number | undefined;
    retry?: RetryOptions | undefined;
    rateLimiter?: RateLimiter | false | undefined;
    waitUntilReady?: number | undefined;
    maxResponseBytes?: number | undefined;
    fetch?: FetchFunction | undefined;
    webSocket?: WebSocketConstructor | undefined;
    logger?: Logger | undefined;
    onCall?: OnCall | undefined;
  }
  type SuccessData<Result extends ApiResult> = Extract<Result, {
    data: unknown;
    error?: never;
  }>["data"];
  type SuccessResponse<T extends Record<string | number, any>, Media extends MediaType = MediaType> = GetResponseContent<T, Media, OkStatus>;
  interface WebSocketConnection {
    readonly readyState: number;
    send(data: string): void;
    close(code?: number): void;
    addEventListener: Listen;
    removeEventListener: Listen;
  }
  interface WebSocketEvents {
    open: object;
    message: {
      readonly data: unknown;
    };
    close: {
      readonly code: number;
    };
    error: object;
  }
  type Writable<T> = T extends $Read<any> ? never : T extends $Write<infer U> ? Writable<U> : T extends (infer E)[] ? Writable<E>[] : T extends object ? {
    [K in keyof T as NonNullable<T[K]> extends $Read<any> ? never : K]: Writable<T[K]>;
  } & {
    [K in keyof T as NonNullable<T[K]> extends $Read<any> ? K : never]?: never;
  } : T;
}

declare module "rollout-client/testing" {
  export interface MockClientOptions {
    readonly baseUrl: string;
    readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
    readonly webSocket: WebSocketConstructor;
  }
  export interface MockConnector extends Omit<Connector, "appKey"> {
  }
  export interface MockCredential {
    readonly id: string;
    readonly appKey: string;
    readonly userId: string;
    readonly createdAt: string;
    readonly label?: string | undefined;
    readonly avatar?: string | undefined;
    readonly profile?: Readonly<Record<string, unknown>> | undefined;
    readonly data?: unknown;
    entitiesToSync?: Readonly<Partial<Record<EntityToSync, boolean>>>;
  }
  export interface MockFault {
    readonly on?: MockOperation | "otp" | (string & {}) | undefined;
    readonly fault: "status" | "refused" | "reset" | "hang" | "cut";
    readonly status?: number | undefined;
    readonly headers?: Readonly<Record<string, string>> | undefined;
    readonly body?: unknown;
    readonly acted?: boolean | undefined;
  }
  export interface MockRequest {
    readonly method: string;
    readonly path: string;
    readonly query: URLSearchParams;
    readonly headers: Headers;
    readonly body: unknown;
    readonly userId: string | undefined;
  }
  export interface RequireOtpOptions {
    readonly refuseCredential?: string | undefined;
  }
  export interface RolloutMock {
    readonly options: MockClientOptions;
    readonly credentials: MockCredential[];
    readonly requests: readonly MockRequest[];
    requireOtp(appKey: string, code: string, options?: RequireOtpOptions): void;
    failNext(fault: MockFault): void;
    finishOauth(requestId: string): MockCredential;
  }
  export interface RolloutMockOptions {
    readonly baseUrl?: string | undefined;
    readonly clientSecret?: string | undefined;
    readonly connectors?: MockConnectors | undefined;
    readonly collections?: MockCollections | undefined;
    readonly readyAfter?: number | undefined;
  }
  export interface TestDeliveryOptions {
    readonly clientSecret: string;
    readonly url?: string | URL | undefined;
    readonly forged?: boolean | undefined;
  }
  export interface TestTokenOptions {
    readonly expiresIn?: number | undefined;
  }
  export function createRolloutMock(options?: RolloutMockOptions): RolloutMock;
  export function createTestDelivery(event: Readonly<Partial<WebhookEvent>> | Readonly<Record<string, unknown>>, options: TestDeliveryOptions): Promise<Request>;
  export function createTestToken(userId: string, options?: TestTokenOptions): string;
  // Not exported, but named by the above:
  type MockCollections = Readonly<Record<string, readonly object[]>>;
  type MockConnectors = Readonly<Record<string, MockConnector>>;
  type MockOperation = "POST /credentials" | "GET /credentials" | "PUT /credentials/{credentialId}" | "DELETE /credentials" | "GET /connectors" | "POST /oauth/authorize-url" | "GET /webhooks" | "POST /webhooks" | "PUT /webhooks/{id}" | "DELETE /webhooks/{id}";
}
