import { vi } from "vitest";
import { WebSocket } from "ws";
import { serverUrl } from "../../src/generated/document.ts";

/** What stands in the place of Rollout's servers. */
export interface StandIns {
  /** Prism, for the Universal API. */
  readonly prismUrl: string;
  /** The mock of the one-time-password socket. */
  readonly otpUrl: string;
}

/** What a module of the documentation meets when it runs. */
export interface Surroundings {
  /** The answers to its requests, in their order, as values of Prism's `Prefer` header; `""` for Prism's own choice. */
  readonly prefer?: readonly string[];
  /** The JSON answers to its requests to anything but the Universal API, in their order. */
  readonly answers?: readonly unknown[];
  /** For functions that the module only declares: what they give, call by call. */
  readonly gives?: Readonly<Record<string, readonly unknown[]>>;
}

/**
 * Replaces the network, the environment and the functions that a module only declares, until vitest unstubs them. The module
 * itself stays as its reader sees it.
 */
export function stubSurroundings(
  { prismUrl, otpUrl }: StandIns,
  { prefer = [], answers = [], gives = {} }: Surroundings,
): void {
  vi.stubEnv("ROLLOUT_CLIENT_ID", "made-up client id");
  vi.stubEnv("ROLLOUT_CLIENT_SECRET", "made-up client secret");
  vi.stubGlobal("fetch", fetchFrom(prismUrl, oneByOne(prefer), oneByOne(answers)));
  vi.stubGlobal("WebSocket", webSocketTo(otpUrl));
  for (const [name, values] of Object.entries(gives)) {
    const next = oneByOne(values);
    vi.stubGlobal(name, async () => next());
  }
}

function fetchFrom(prismUrl: string, nextPreference: () => string | undefined, nextAnswer: () => unknown) {
  const send = globalThis.fetch;
  return async (request: Request | string, init: RequestInit): Promise<Response> => {
    const url = typeof request === "string" ? request : request.url;
    if (!url.startsWith(`${serverUrl}/`)) {
      const answer = nextAnswer();
      if (answer === undefined) throw new Error("the example sends more requests than its run has answers for");
      return Response.json(answer);
    }
    const redirected = new Request(url.replace(serverUrl, prismUrl), typeof request === "string" ? init : request);
    const preference = nextPreference();
    if (preference) redirected.headers.set("Prefer", preference);
    return send(redirected);
  };
}

function webSocketTo(otpUrl: string): new (url: string) => WebSocket {
  const [from, to] = [serverUrl, otpUrl].map((url) => url.replace("http", "ws"));
  return class extends WebSocket {
    constructor(url: string) {
      super(url.replace(String(from), String(to)));
    }
  };
}

function oneByOne<Value>(values: readonly Value[]): () => Value | undefined {
  const left = [...values];
  return () => left.shift();
}
