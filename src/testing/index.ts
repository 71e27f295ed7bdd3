import type { WebSocketConstructor } from "../index.ts";
import { checkCollections, dataOperations, type MockCollections } from "./data-api.ts";
import { checkOptions, FaultQueue, failWith, type MockFault } from "./faults.ts";
import {
  decodeSegment,
  errorResponse,
  isFor,
  type MockRequest,
  type Operation,
  readContent,
  readTarget,
} from "./http.ts";
import { createWebSocketClass } from "./one-time-passwords.ts";
import { checkToken, tokenUserId } from "./signing.ts";
import {
  DEFAULT_CONNECTORS,
  type MockConnectors,
  type MockCredential,
  type RequireOtpOptions,
  UniversalState,
  universalOperations,
} from "./universal-api.ts";

export type { MockFault } from "./faults.ts";
export type { MockRequest } from "./http.ts";
export { createTestDelivery, createTestToken, type TestDeliveryOptions, type TestTokenOptions } from "./signing.ts";
export type { MockConnector, MockCredential, RequireOtpOptions } from "./universal-api.ts";

/** Options of {@link createRolloutMock}. */
export interface RolloutMockOptions {
  /** Where the mock pretends to be. @default "https://rollout.test/api" */
  readonly baseUrl?: string | undefined;
  /** The Client Secret that tokens must be signed with (HS512). @default signatures are not checked */
  readonly clientSecret?: string | undefined;
  /** The body of `GET /connectors`: connectors by appKey. @default ten connectors, of every kind */
  readonly connectors?: MockConnectors | undefined;
  /**
   * The records that every connected account starts with, by collection, for tests of code that uses one of the other APIs
   * (CRM, TMS and so on). A record without an `id` gets one. @default none
   */
  readonly collections?: MockCollections | undefined;
  /** How many requests to the data of each credential get a 409 before its data is ready. @default 0 */
  readonly readyAfter?: number | undefined;
}

/** The options of a client that talks to the mock. */
export interface MockClientOptions {
  /** Where the mock pretends to be. */
  readonly baseUrl: string;
  /** Takes the place of the platform's `fetch`. */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** Takes the place of the platform's `WebSocket`, for one-time passwords. */
  readonly webSocket: WebSocketConstructor;
}

/** An in-memory mock of Rollout. */
export interface RolloutMock {
  /** To spread into the options of `createRolloutClient` or `createRolloutApi`, after `token`. */
  readonly options: MockClientOptions;
  /** The credentials that exist, of all users, oldest first. Push to the array to start with a connected account. */
  readonly credentials: MockCredential[];
  /** Every request received so far, including those that failed. A `"refused"` connection carries no request. */
  readonly requests: readonly MockRequest[];
  /**
   * Makes an app ask for a one-time password before each new credential.
   *
   * @param appKey - the app
   * @param code - the right code
   */
  requireOtp(appKey: string, code: string, options?: RequireOtpOptions): void;
  /**
   * Makes the next request fail, once. Call it several times for several failures.
   *
   * @throws TypeError when `on` names no operation, or the fault is impossible
   */
  failNext(fault: MockFault): void;
  /**
   * Ends an authorization as a user who agrees on the app's page does: the credential exists from then on.
   *
   * @param requestId - what `credentials.authorizeUrl` returned beside the URL
   * @throws TypeError when no such authorization is open
   */
  finishOauth(requestId: string): MockCredential;
}

const DEFAULT_BASE_URL = "https://rollout.test/api";
const MOCK_OPTIONS = [
  "baseUrl",
  "clientSecret",
  "connectors",
  "collections",
  "readyAfter",
] satisfies (keyof RolloutMockOptions)[];

/**
 * Creates an in-memory mock of Rollout for tests, behind `fetch` and `webSocket`: no port, no dependency, any test runner. It
 * checks tokens and bodies, keeps credentials, asks for one-time passwords, serves the data of connected accounts and fails on
 * demand. Create one for each test.
 *
 * Source of its operations: the OpenAPI document, and the documents of Rollout's other APIs for data and webhook
 * subscriptions. Of the one-time password: Rollout's browser client.
 *
 * @throws TypeError when there is no such option, or it cannot be used
 * @example
 * ```ts
 * import { createRolloutClient, createTokenSigner } from "rollout-client";
 * import { createRolloutMock } from "rollout-client/testing";
 *
 * const mock = createRolloutMock();
 * const signer = createTokenSigner({ clientId: "test", clientSecret: "test" });
 * const rollout = createRolloutClient({ token: signer.forUser("user_123"), ...mock.options });
 *
 * await rollout.credentials.create({ appKey: "follow-up-boss", userInputs: { apiKey: "made up" } });
 * console.log(mock.credentials[0]?.userId); // user_123
 * ```
 */
export function createRolloutMock(options: RolloutMockOptions = {}): RolloutMock {
  checkOptions(options, MOCK_OPTIONS, "createRolloutMock");
  const { clientSecret, connectors = DEFAULT_CONNECTORS, collections = {}, readyAfter = 0 } = options;
  checkCollections(collections);
  if (!Number.isInteger(readyAfter) || readyAfter < 0) {
    throw new TypeError("createRolloutMock: `readyAfter` must be a whole number, at least 0");
  }
  const baseUrl = new URL(options.baseUrl ?? DEFAULT_BASE_URL).href.replace(/\/$/, "");
  const state = new UniversalState();
  const operations = [
    ...universalOperations(state, connectors, baseUrl),
    ...dataOperations(state, collections, readyAfter, baseUrl),
  ];
  const faults = new FaultQueue();
  const requests: MockRequest[] = [];

  async function act(request: MockRequest, operation: Operation | undefined): Promise<Response> {
    const { method, path, headers } = request;
    // A request to another server carries no Rollout token.
    if (!path.startsWith("/")) return errorResponse(404, `The mock is at ${baseUrl}, not at ${path}.`);
    const token = await checkToken(headers.get("Authorization"), clientSecret);
    const refuse = operation?.refuse ?? errorResponse;
    if ("problem" in token) return refuse(401, token.problem);
    if (operation === undefined) return refuse(404, `There is no operation ${method} ${path}.`);
    const lastSegment = decodeSegment(path.slice(path.lastIndexOf("/") + 1));
    return operation.respond({ ...request, userId: token.userId, lastSegment });
  }

  async function fetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    const signal = init.signal ?? (input instanceof Request ? input.signal : undefined);
    signal?.throwIfAborted();
    const target = readTarget(input, init, baseUrl);
    const { method, path } = target;
    const operation = operations.find((each) => isFor(each, method, path));
    // Before anything is waited for: `failNext` and a call after it belong together.
    const fault = faults.take((on) => [undefined, `${method} ${path}`, operation?.name].includes(on));
    const content = await readContent(input, init);
    const request = { ...target, ...content, userId: tokenUserId(content.headers.get("Authorization")) };
    if (fault?.fault !== "refused") requests.push(request);
    if (fault === undefined) return act(request, operation);
    return failWith(fault, fault.acted === true ? await act(request, operation) : undefined, signal, operation?.refuse);
  }

  return {
    options: { baseUrl, fetch, webSocket: createWebSocketClass(state, faults, baseUrl) },
    credentials: state.credentials,
    requests,
    requireOtp(appKey, code, otpOptions = {}) {
      checkOptions(otpOptions, ["refuseCredential"] satisfies (keyof RequireOtpOptions)[], "requireOtp");
      state.otpRequirements.set(appKey, { code, refuseCredential: otpOptions.refuseCredential });
    },
    failNext(fault) {
      checkTarget(fault?.on, operations);
      faults.add(fault);
    },
    finishOauth(requestId) {
      const credential = state.authorizations.get(requestId);
      if (credential === undefined) throw new TypeError(`finishOauth: there is no open authorization "${requestId}"`);
      state.authorizations.delete(requestId);
      return state.addCredential(credential);
    },
  };
}

// A fault that no request can meet would leave a test without the failure that it is about.
function checkTarget(on: string | undefined, operations: readonly Operation[]): void {
  const [method = "", path = ""] = on?.split(" ") ?? [];
  if (on === undefined || on === "otp" || operations.some((operation) => isFor(operation, method, path))) return;
  const names = operations.map(({ name }) => name).join(", ");
  throw new TypeError(`failNext: there is no operation "${on}"; there are ${names}, and otp`);
}
