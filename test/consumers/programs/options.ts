// Every option, and the types by which a program names them.
import {
  type CreateCredentialInput,
  type CreateCredentialOptions,
  createRolloutClient,
  type EntityToSync,
  type FetchFunction,
  type Logger,
  type OnOtp,
  type RetryOptions,
  type RolloutClientOptions,
  type SubmitOtpOptions,
  type TokenSignerOptions,
  type TokenSource,
  type WebSocketConstructor,
} from "rollout-client";

declare const webSocket: WebSocketConstructor;

const logger: Logger = { debug: () => {}, warn: (line: string) => void line.length };
const retry: RetryOptions = { limit: 4, maxDelay: 10_000 };
const token: TokenSource = async ({ refresh }) => String(refresh);
const send: FetchFunction = (request, { signal }) => fetch(request, { signal });

export const options: RolloutClientOptions = {
  token,
  baseUrl: "https://universal.rollout.com/api",
  credentialId: "credential",
  headers: { "X-Team": "a", "X-Trace": null, "X-Tags": ["a", "b"] },
  timeout: 30_000,
  retry,
  maxResponseBytes: 1_000_000,
  fetch: send,
  webSocket,
  logger,
};

// An option that is undefined is an option that is not there, whatever exactOptionalPropertyTypes says.
export const absent: RolloutClientOptions = {
  token: "t",
  baseUrl: undefined,
  headers: undefined,
  timeout: undefined,
  retry: undefined,
  fetch: undefined,
  webSocket: undefined,
  logger: undefined,
};
export const signerOptions: TokenSignerOptions = { clientId: undefined, clientSecret: undefined };
export const otpOptions: SubmitOtpOptions = { timeout: undefined, signal: null, retry: false };

const entity: EntityToSync = "tasks";
export const input: CreateCredentialInput = { appKey: "gmail", userInputs: {}, entitiesToSync: { [entity]: true } };
const onOtp: OnOtp = async (_challenge, { attempt }) => (attempt === 1 ? undefined : null);
const perCall: CreateCredentialOptions = { timeout: 1_000, retry: false, headers: new Headers({ a: "b" }) };
export const created = createRolloutClient(options).credentials.create(input, { ...perCall, onOtp });

// @ts-expect-error: a misspelt option
export const misspelt: RolloutClientOptions = { token: "t", timeOut: 1 };
