import { format } from "node:util";
import { vi } from "vitest";
import { WebSocket } from "ws";
import { serverUrl } from "../../src/generated/document.ts";

/** One run of a block: what it meets, and what it must print. */
export interface Run {
  /** The answers to its requests, in their order, as values of Prism's `Prefer` header; `""` for Prism's own choice. */
  readonly prefer: readonly string[];
  /** The JSON answers to its requests to other APIs of the family, in their order. */
  readonly answers: readonly unknown[];
  /** For functions that the block only declares: what they give, call by call. */
  readonly gives: Readonly<Record<string, readonly unknown[]>>;
  /** What must be among the printed lines. */
  readonly prints: readonly string[];
}

/** Reads the runs from the comment before a block, such as `run [{ "prefer": ["code=429"], "prints": ["rate_limited"] }]`. */
export function runsOf(note: string | undefined, place: string): Run[] {
  const json = /^run\s+(.*)$/s.exec(note ?? "")?.[1];
  if (json === undefined) return [];
  const runs: Partial<Run>[] = JSON.parse(json);
  return runs.map(({ prefer = [], answers = [], gives = {}, prints = [] }) => {
    if (prints.length === 0) throw new Error(`${place}: a run that need not print anything cannot fail`);
    return { prefer, answers, gives, prints };
  });
}

/** What stands in the place of Rollout while a block runs. */
export interface StandIns {
  /** Prism, for the Universal API. */
  readonly prismUrl: string;
  /** The mock of the one-time-password socket. */
  readonly otpUrl: string;
}

/**
 * Replaces the network, the environment and the functions that a block only declares, until vitest unstubs them. The block
 * itself stays as a reader sees it.
 */
export function stubSurroundings({ prismUrl, otpUrl }: StandIns, { prefer, answers, gives }: Run): void {
  vi.stubEnv("ROLLOUT_CLIENT_ID", "made-up client id");
  vi.stubEnv("ROLLOUT_CLIENT_SECRET", "made-up client secret");
  const send = globalThis.fetch;
  const nextPreference = oneByOne(prefer);
  const nextAnswer = oneByOne(answers);
  vi.stubGlobal("fetch", async (request: Request, init: RequestInit): Promise<Response> => {
    if (!request.url.startsWith(`${serverUrl}/`)) return familyAnswer(request.url, nextAnswer());
    const redirected = new Request(request.url.replace(serverUrl, prismUrl), request);
    const preference = nextPreference();
    if (preference) redirected.headers.set("Prefer", preference);
    return send(redirected, init);
  });
  class RedirectedWebSocket extends WebSocket {
    constructor(url: string) {
      super(url.replace(serverUrl.replace("http", "ws"), otpUrl.replace("http", "ws")));
    }
  }
  vi.stubGlobal("WebSocket", RedirectedWebSocket);
  for (const [name, values] of Object.entries(gives)) {
    const next = oneByOne(values);
    vi.stubGlobal(name, async () => next());
  }
}

function familyAnswer(url: string, answer: unknown): Response {
  if (answer === undefined) throw new Error(`an example asked for ${url}, and the run has no answer to that`);
  return Response.json(answer);
}

function oneByOne<Value>(values: readonly Value[]): () => Value | undefined {
  const left = [...values];
  return () => left.shift();
}

/** Runs a module; gives what it printed. */
export async function printedBy(path: string): Promise<string> {
  const lines: string[] = [];
  const methods = ["debug", "log", "warn", "error"] as const;
  const spies = methods.map((method) =>
    vi.spyOn(console, method).mockImplementation((...values: unknown[]) => {
      lines.push(format(...values));
    }),
  );
  try {
    await import(/* @vite-ignore */ path);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return lines.join("\n");
}
