import { vi } from "vitest";
import { serverUrl } from "../../src/generated/document.ts";
import { OtpSocket } from "./otp-socket.ts";

/** What a module of the documentation meets when it runs. */
export interface Surroundings {
  /** The responses to its requests, in their order, as values of Prism's `Prefer` header; `""` for Prism's own choice. */
  readonly prefer?: readonly string[];
  /** The JSON responses to its requests to anything but the Universal API, in their order. */
  readonly responses?: readonly unknown[];
  /** For functions that the module only declares: what they give, call by call. */
  readonly gives?: Readonly<Record<string, readonly unknown[]>>;
}

/**
 * Replaces the network, the environment and the functions that a module only declares, until vitest unstubs them. The module
 * itself stays as its reader sees it.
 */
export function stubSurroundings(prismUrl: string, { prefer = [], responses = [], gives = {} }: Surroundings): void {
  vi.stubEnv("ROLLOUT_CLIENT_ID", "made-up client id");
  vi.stubEnv("ROLLOUT_CLIENT_SECRET", "made-up client secret");
  vi.stubGlobal("fetch", fetchFrom(prismUrl, oneByOne(prefer), oneByOne(responses)));
  vi.stubGlobal("WebSocket", OtpSocket);
  for (const [name, values] of Object.entries(gives)) {
    const next = oneByOne(values);
    vi.stubGlobal(name, async () => next());
  }
}

function fetchFrom(prismUrl: string, nextPreference: () => string | undefined, nextResponse: () => unknown) {
  const send = globalThis.fetch;
  return async (request: Request | string, init: RequestInit): Promise<Response> => {
    const url = typeof request === "string" ? request : request.url;
    if (!url.startsWith(`${serverUrl}/`)) {
      const response = nextResponse();
      if (response === undefined) throw new Error("the example sends more requests than its run has responses for");
      return Response.json(response);
    }
    const redirected = new Request(url.replace(serverUrl, prismUrl), typeof request === "string" ? init : request);
    const preference = nextPreference();
    if (preference) redirected.headers.set("Prefer", preference);
    const response = await send(redirected);
    // As from Rollout: the client refuses a response of another origin.
    return Object.defineProperty(response, "url", { value: url });
  };
}

function oneByOne<Value>(values: readonly Value[]): () => Value | undefined {
  const left = [...values];
  return () => left.shift();
}
