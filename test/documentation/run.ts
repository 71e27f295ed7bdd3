import { format } from "node:util";
import { vi } from "vitest";
import { serverUrl } from "../../src/generated/document.ts";

/** One run of a block: what it meets, and what it must print. */
export interface Run {
  /** The answers to its requests, in their order, as values of Prism's `Prefer` header; `""` for Prism's own choice. */
  readonly prefer: readonly string[];
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
  return runs.map(({ prefer = [], gives = {}, prints = [] }) => {
    if (prints.length === 0) throw new Error(`${place}: a run that need not print anything cannot fail`);
    return { prefer, gives, prints };
  });
}

/** Puts Prism in the place of Rollout's API, and made-up credentials into the environment, until vitest unstubs them. */
export function stubRollout(prismUrl: string, prefer: readonly string[]): void {
  vi.stubEnv("ROLLOUT_CLIENT_ID", "made-up client id");
  vi.stubEnv("ROLLOUT_CLIENT_SECRET", "made-up client secret");
  const send = globalThis.fetch;
  const answers = [...prefer];
  vi.stubGlobal("fetch", async (request: Request, init?: RequestInit): Promise<Response> => {
    if (!request.url.startsWith(serverUrl)) throw new Error(`an example asked for ${request.url}`);
    const redirected = new Request(request.url.replace(serverUrl, prismUrl), request);
    const answer = answers.shift();
    if (answer) redirected.headers.set("Prefer", answer);
    return send(redirected, init);
  });
}

/** Defines the functions that a block only declares. */
export function stubDeclared(gives: Run["gives"]): void {
  for (const [name, values] of Object.entries(gives)) {
    const left = [...values];
    vi.stubGlobal(name, async () => left.shift());
  }
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
