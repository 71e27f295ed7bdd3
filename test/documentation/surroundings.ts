import { createRolloutMock, type RolloutMock } from "rollout-client/testing";
import { inject, onTestFinished, vi } from "vitest";
import { serverUrl } from "../../src/generated/document.ts";
import { OtpSocket } from "./otp-socket.ts";

/** What a module of the documentation meets when it runs. */
export interface Surroundings {
  /** The responses to its requests, in their order, as values of Prism's `Prefer` header; `""` for Prism's own choice. */
  readonly prefer?: readonly string[];
  /** The request ids of these responses. */
  readonly requestIds?: readonly string[];
  /** The people of the account that it acts on, in the CRM API. */
  readonly people?: readonly object[];
  /** The JSON responses to its requests to anything else, in their order. */
  readonly responses?: readonly unknown[];
  /** For functions that the module only declares: what they give, call by call. */
  readonly gives?: Readonly<Record<string, readonly unknown[]>>;
}

/**
 * Replaces the network, the environment and the functions that a module only declares, until the end of the test. The module
 * itself stays as its reader sees it.
 */
export function stubSurroundings(met: Surroundings): void {
  const { prefer = [], requestIds = [], people = [], responses = [], gives = {} } = met;
  onTestFinished(() => {
    vi.unstubAllGlobals();
    vi.unstubAllEnvs();
  });
  vi.stubEnv("ROLLOUT_CLIENT_ID", "made-up client id");
  vi.stubEnv("ROLLOUT_CLIENT_SECRET", "made-up client secret");
  vi.stubGlobal(
    "fetch",
    fetchFrom(inject("prismUrl"), oneByOne(prefer), oneByOne(requestIds), startCrm(people), oneByOne(responses)),
  );
  vi.stubGlobal("WebSocket", OtpSocket);
  for (const [name, values] of Object.entries(gives)) {
    const next = oneByOne(values);
    vi.stubGlobal(name, async () => next());
  }
}

/** The CRM API with the account that the examples name. */
function startCrm(people: readonly object[]): RolloutMock {
  const mock = createRolloutMock({ baseUrl: "https://crm.universal.rollout.com/api", collections: { people } });
  const createdAt = "2026-01-01T00:00:00.000Z";
  mock.credentials.push({ id: "cred_123", appKey: "follow-up-boss", userId: "user_123", createdAt });
  return mock;
}

function fetchFrom(
  prismUrl: string,
  nextPreference: () => string | undefined,
  nextRequestId: () => string | undefined,
  crm: RolloutMock,
  nextResponse: () => unknown,
) {
  const send = globalThis.fetch;
  return async (request: Request | string, init: RequestInit): Promise<Response> => {
    const url = typeof request === "string" ? request : request.url;
    if (url.startsWith(`${crm.options.baseUrl}/`)) return crm.options.fetch(request, init);
    if (!url.startsWith(`${serverUrl}/`)) {
      const response = nextResponse();
      if (response === undefined) throw new Error("the example sends more requests than its run has responses for");
      return Response.json(response);
    }
    const redirected = new Request(url.replace(serverUrl, prismUrl), typeof request === "string" ? init : request);
    const preference = nextPreference();
    if (preference) redirected.headers.set("Prefer", preference);
    // A copy: the URL of the response is not that of the API.
    const { status, headers, body } = await send(redirected);
    const requestId = nextRequestId();
    const copied = [...headers].filter(([name]) => name !== "content-encoding");
    return new Response(body, {
      status,
      headers: requestId === undefined ? copied : [...copied, ["X-Request-Id", requestId]],
    });
  };
}

function oneByOne<Value>(values: readonly Value[]): () => Value | undefined {
  const left = [...values];
  return () => left.shift();
}
