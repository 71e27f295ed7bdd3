// What a library of a consumer exports without annotations: its declarations name what the compiler infers.
import {
  type AnyRolloutError,
  type ApiResult,
  createRateLimiter,
  createRolloutApi,
  createRolloutClient,
  createTokenSigner,
  createWebhookVerifier,
  isOtpChallenge,
  isWebhookEvent,
  type Middleware,
  openAuthorizePopup,
  paginate,
  paginateItems,
  type RolloutApi,
  type RolloutApiError,
  type RolloutClientOptions,
  unwrap,
  waysToConnect,
} from "rollout-client";
import { createRolloutMock, createTestDelivery, createTestToken } from "rollout-client/testing";
import type { CrmPaths } from "./crm-paths.js";

export const { api, credentials, connectors } = createRolloutClient({ token: "token" });
export const { create: createCredential, submitOtp, list, update, delete: remove, authorizeUrl } = credentials;
export const crm = createRolloutApi<CrmPaths>({ token: "token", baseUrl: "https://crm.universal.rollout.com/api" });

export const create = () => api.POST("/credentials", { body: { appKey: "gmail", userInputs: {} } });
export const created = async () => unwrap(await create());
export const people = () => crm.GET("/people");
export const person = async (id: string) => unwrap(await crm.GET("/people/{id}", { params: { path: { id } } }));
export const text = (id: string) => crm.GET("/people/{id}", { params: { path: { id } }, parseAs: "text" });
export const requested = () => crm.request("get", "/people");
export const pages = () => paginate(crm, "/people");
export const entries = () => paginateItems(crm, "/people");
export const { GET, POST, request, use, eject } = crm;
export const family = <Paths extends {}>(baseUrl: string) => createRolloutApi<Paths>({ token: "token", baseUrl });
export const getOf = <Paths extends {}>(other: RolloutApi<Paths>) => other.GET;

// Wrappers of the library's functions, and parts of its options.
export const dataOf = async <Result extends ApiResult>(call: Promise<Result>) => unwrap(await call);
export const [read, readPages, readItems] = [unwrap, paginate, paginateItems] as const;
export const optionsOf = (options: Parameters<typeof createRolloutClient>[0]) => ({ ...options });
export const headersOf = ({ headers }: RolloutClientOptions) => headers;
export const partsOf = ({ retry, fetch, onCall, webSocket, rateLimiter, logger }: RolloutClientOptions) =>
  ({ retry, fetch, onCall, webSocket, rateLimiter, logger }) as const;
export const createWith = (options: Parameters<typeof credentials.create>[1]) => options;
export const submitWith = (options: Parameters<typeof credentials.submitOtp>[2]) => options;

export const onRequest = ({ request }: Parameters<NonNullable<Middleware["onRequest"]>>[0]) => request;
export const middleware = { onRequest, onResponse: ({ response }) => response } satisfies Middleware;

export const signer = createTokenSigner();
export const { forUser } = signer;
export const limiter = createRateLimiter();
export const { background, acquire } = limiter;
export const verifier = createWebhookVerifier();
export const event = async (body: string) => [await verifier.verify(body, "")].filter(isWebhookEvent);
export const ways = async () => (await connectors.list()).map(waysToConnect);
export const challenge = async () => [await createCredential({ appKey: "gmail", userInputs: {} })].find(isOtpChallenge);
export const popup = () => openAuthorizePopup();
export const connect = (...input: Parameters<ReturnType<typeof openAuthorizePopup>["connect"]>) => input;
export const reasons = ({ errors, code }: RolloutApiError) => ({ errors, code });
export const nameAndCode = ({ name, code }: AnyRolloutError) => ({ name, code });

export const mock = createRolloutMock();
export const { options, requests, credentials: mockCredentials, requireOtp, failNext, finishOauth } = mock;
export const { webSocket } = mock.options;
export const mockOptions = (...[input]: Parameters<typeof createRolloutMock>) => ({ ...input });
export const token = createTestToken("user");
export const deliver = (...input: Parameters<typeof createTestDelivery>) => createTestDelivery(...input);
