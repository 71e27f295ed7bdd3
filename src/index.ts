export { createRolloutApi } from "./api.ts";
export type { ApiArguments, ApiInit, ApiMethod, ApiRequestOptions, HttpMethod, RolloutApi } from "./api-types.ts";
export { cachedToken } from "./auth/cached-token.ts";
export type { TokenRequest, TokenSource } from "./auth/token.ts";
export { createTokenSigner, type TokenSigner, type TokenSignerOptions } from "./auth/token-signer.ts";
export type { ApiCallOptions, CallOptions, RetryOptions } from "./call/call-options.ts";
export type { BodyReader, BodyStream, FetchFunction, FetchInit, FetchResponse } from "./call/fetch-function.ts";
export type { Logger } from "./call/log.ts";
export {
  type AdaptiveRateLimiter,
  createRateLimiter,
  type RateLimiter,
  type RateLimiterOptions,
} from "./call/rate-limiter.ts";
export type { ApiResult } from "./call/result.ts";
export { createRolloutClient, type RolloutClient, type RolloutClientOptions } from "./client.ts";
export { type ConnectorOperations, type WayToConnect, waysToConnect } from "./connectors.ts";
export type { UpdateCredentialInput } from "./credentials/change.ts";
export { isOtpChallenge } from "./credentials/create.ts";
export type {
  CreateCredentialOptions,
  CredentialOperations,
  OnOtp,
  SubmitOtpOptions,
} from "./credentials/credential-operations.ts";
export type { ListCredentialsInput } from "./credentials/list.ts";
export type { OtpPrompt } from "./credentials/otp.ts";
export type { WebSocketConnection, WebSocketConstructor, WebSocketEvents } from "./credentials/otp-socket.ts";
export type {
  AppKey,
  AuthorizeUrl,
  AuthorizeUrlInput,
  Connector,
  ConnectorAuth,
  ConnectorInput,
  CreateCredentialInput,
  Credential,
  EntityToSync,
  ListedCredential,
  OtpChallenge,
} from "./document-types.ts";
export {
  type ApiErrorResponse,
  type CallContext,
  type ConfigErrorDetails,
  type ErrorResponse,
  RolloutApiError,
  RolloutCallError,
  RolloutConfigError,
  RolloutNetworkError,
  RolloutResponseError,
} from "./errors/classes.ts";
export type { ApiErrorCode, RolloutErrorCode } from "./errors/codes.ts";
export { type AnyRolloutError, isRolloutError } from "./errors/is-rollout-error.ts";
export { type OtpErrorDetails, RolloutOtpError } from "./errors/otp-error.ts";
export type { ResponseHeaders } from "./errors/redact.ts";
export { type ErrorDetail, RolloutError } from "./errors/rollout-error.ts";
export { RolloutWebhookError } from "./errors/webhook-error.ts";
export type { components, operations, paths } from "./generated/openapi.ts";
export type { OperationOptions } from "./operation-options.ts";
export type { RolloutApiOptions, SharedOptions } from "./options.ts";
export {
  type ElementOf,
  type ItemOf,
  type PagedPath,
  type PageInit,
  type PageItem,
  paginate,
  paginateItems,
} from "./paginate.ts";
export { type SuccessData, unwrap } from "./unwrap.ts";
export {
  createWebhookVerifier,
  isWebhookEvent,
  type WebhookEvent,
  type WebhookVerifier,
  type WebhookVerifierOptions,
} from "./webhooks.ts";
