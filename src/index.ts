export { createRolloutApi, type RolloutApi } from "./api.ts";
export { createRolloutClient, type RolloutClient, type RolloutClientOptions } from "./client.ts";
export {
  type CreateCredentialOptions,
  type CredentialOperations,
  isOtpChallenge,
  type OnOtp,
  type SubmitOtpOptions,
} from "./credentials.ts";
export type { CreateCredentialInput, Credential, EntityToSync, OtpChallenge } from "./document-types.ts";
export type { ApiErrorCode, RolloutErrorCode } from "./error-codes.ts";
export {
  type AnyRolloutError,
  type ApiErrorAnswer,
  type CallContext,
  type ErrorDetail,
  RolloutApiError,
  RolloutCallError,
  RolloutConfigError,
  RolloutError,
  RolloutNetworkError,
  RolloutOtpError,
  RolloutResponseError,
  RolloutWebhookError,
} from "./errors.ts";
export type { FetchFunction } from "./exchange.ts";
export type { components, operations, paths } from "./generated/openapi.ts";
export type { Logger } from "./log.ts";
export type { RetryOptions, RolloutApiOptions } from "./options.ts";
export type { OtpPrompt } from "./otp.ts";
export type { WebSocketConnection, WebSocketConstructor } from "./otp-socket.ts";
export { type PagedPath, type PageInit, paginate } from "./paginate.ts";
export type { TokenRequest, TokenSource } from "./token.ts";
export { createTokenSigner, type TokenSigner, type TokenSignerOptions } from "./token-signer.ts";
export { type ApiResult, type SuccessData, unwrap } from "./unwrap.ts";
export {
  createWebhookVerifier,
  isWebhookEvent,
  type WebhookEvent,
  type WebhookVerifier,
  type WebhookVerifierOptions,
} from "./webhooks.ts";
