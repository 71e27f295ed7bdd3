export type { HeadersOptions, Middleware, MiddlewareCallbackParams } from "openapi-fetch";
export type { ApiMethod, ApiRequest, ApiRequestOptions, ApiResponse, RolloutApi } from "./api-types.ts";
export { cachedToken, type TokenRequest, type TokenSource } from "./auth/token.ts";
export { createTokenSigner, type TokenSigner, type TokenSignerOptions } from "./auth/token-signer.ts";
export type { FetchFunction, FetchInit, FetchResponse } from "./call/attempt.ts";
export type { ApiResult } from "./call/call.ts";
export type { CallRecord, Logger } from "./call/log.ts";
export type { AdaptiveRateLimiter, RateLimiter, RateLimiterOptions } from "./call/rate-limiter.ts";
export { createRateLimiter } from "./call/rate-limiter.ts";
export { createRolloutApi, createRolloutClient, type RolloutClient, type RolloutClientOptions } from "./client.ts";
export { type ConnectorOperations, type WayToConnect, waysToConnect } from "./connectors.ts";
export {
  type CreateCredentialOptions,
  type CredentialOperations,
  isOtpChallenge,
  type ListCredentialsInput,
  type OnOtp,
  type SubmitOtpOptions,
  type UpdateCredentialInput,
} from "./credentials/credentials.ts";
export type { OtpPrompt, WebSocketConstructor } from "./credentials/otp.ts";
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
  type AnyRolloutError,
  type ErrorDetail,
  isRolloutError,
  RolloutApiError,
  RolloutCallError,
  RolloutConfigError,
  RolloutError,
  type RolloutErrorCode,
  RolloutNetworkError,
  RolloutOtpError,
  RolloutPopupError,
  RolloutResponseError,
  RolloutWebhookError,
} from "./errors/errors.ts";
export type { components, operations, paths } from "./generated/openapi.ts";
export type { OperationOptions, RetryOptions, RolloutApiOptions } from "./options.ts";
export { paginate, paginateItems } from "./paginate.ts";
export { type AuthorizePopup, openAuthorizePopup } from "./popup.ts";
export { unwrap } from "./unwrap.ts";
export type { WebhookEvent, WebhookVerifier, WebhookVerifierOptions } from "./webhooks.ts";
export { createWebhookVerifier, isWebhookEvent } from "./webhooks.ts";
