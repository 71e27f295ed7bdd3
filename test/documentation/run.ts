import { format } from "node:util";
import { vi } from "vitest";
import type { Surroundings } from "./surroundings.ts";

/** One run of a block: what it meets, and what must be among the lines it prints. */
export interface Run extends Surroundings {
  readonly prints: readonly string[];
}

/** Reads the runs from the comment before a block, such as `run [{ "prefer": ["code=429"], "prints": ["rate_limited"] }]`. */
export function runsOf(note: string | undefined, place: string): Run[] {
  const json = /^run\s+(.*)$/s.exec(note ?? "")?.[1];
  if (json === undefined) return [];
  const runs: Run[] = JSON.parse(json);
  for (const { prints = [] } of runs) {
    if (prints.length === 0) throw new Error(`${place}: a run that need not print anything cannot fail`);
  }
  return runs;
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
