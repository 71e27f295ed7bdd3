import type { WebSocketConstructor } from "../index.ts";
import { DEFAULT_CONNECTORS, type MockConnectors } from "./connectors.ts";
import { FaultQueue, failWith, type MockFault } from "./faults.ts";
import { OPERATION_NAMES, operate, operationName } from "./operations.ts";
import { startOtpSession } from "./otp.ts";
import { type MockRequest, readRequest } from "./requests.ts";
import { errorResponse } from "./respond.ts";
import { type MockCredential, MockState, type RequireOtpOptions } from "./state.ts";
import { checkToken } from "./tokens.ts";
import { createWebSocketClass } from "./web-socket.ts";

/** Options of {@link createRolloutMock}. */
export interface RolloutMockOptions {
  /**
   * Where the mock pretends to be.
   *
   * @default "https://rollout.test/api"
   */
  readonly baseUrl?: string | undefined;
  /**
   * The Client Secret that tokens must be signed with (HS512).
   *
   * @default signatures are not checked
   */
  readonly clientSecret?: string | undefined;
  /**
   * The body of `GET /connectors`: connectors by appKey.
   *
   * @default a few connectors of each kind
   */
  readonly connectors?: MockConnectors | undefined;
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

/** A Rollout in memory. */
export interface RolloutMock {
  /** To spread into the options of `createRolloutClient`, after `token`. */
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
}

const DEFAULT_BASE_URL = "https://rollout.test/api";

/**
 * Creates a Rollout in memory for tests, behind `fetch` and `webSocket`: no port, no dependency, any test runner. It checks
 * tokens and bodies, keeps credentials, asks for one-time passwords and fails on demand. Create one for each test.
 *
 * Source of its operations: the OpenAPI document. Of the one-time password: Rollout's browser client.
 *
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
  const baseUrl = new URL(options.baseUrl ?? DEFAULT_BASE_URL).href.replace(/\/$/, "");
  const state = new MockState(options.connectors ?? DEFAULT_CONNECTORS);
  const faults = new FaultQueue();
  const requests: MockRequest[] = [];

  async function act(request: MockRequest): Promise<Response> {
    // A request to another server carries no Rollout token.
    if (!request.path.startsWith("/")) return errorResponse(404, `The mock is at ${baseUrl}, not at ${request.path}.`);
    const token = await checkToken(request.headers.get("Authorization"), options.clientSecret);
    return "problem" in token ? errorResponse(401, token.problem) : operate(state, request, token.userId);
  }

  async function fetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    const signal = init.signal ?? (input instanceof Request ? input.signal : undefined);
    signal?.throwIfAborted();
    const request = await readRequest(input, init, baseUrl);
    const { method, path } = request;
    const targets = [undefined, `${method} ${path}`, operationName(method, path)];
    const fault = faults.take((on) => targets.includes(on));
    if (fault?.fault !== "refused") requests.push(request);
    if (fault === undefined) return act(request);
    return failWith(fault, fault.acted === true ? await act(request) : undefined, signal);
  }

  return {
    options: {
      baseUrl,
      fetch,
      webSocket: createWebSocketClass((url) => startOtpSession(url, baseUrl, state, faults)),
    },
    credentials: state.credentials,
    requests,
    requireOtp(appKey, code, { refuseCredential } = {}) {
      state.otpRequirements.set(appKey, { code, refuseCredential });
    },
    failNext(fault) {
      checkTarget(fault.on);
      faults.add(fault);
    },
  };
}

// A fault that no request can meet would leave a test without the failure that it is about.
function checkTarget(on: string | undefined): void {
  const [method = "", path = ""] = on?.split(" ") ?? [];
  if (on === undefined || on === "otp" || operationName(method, path) !== undefined) return;
  throw new TypeError(`failNext: there is no operation "${on}"; there are ${OPERATION_NAMES.join(", ")}, and otp`);
}
