import { type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";

/** How a program ended, and what it printed. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a program. Whoever starts it ends it. */
export function startProgram(file: string, args: readonly string[], options: SpawnOptions = {}) {
  const child = spawn(file, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    output.stderr += text;
  });
  const ended = once(child, "close").then(([code, signal]): Ended => ({ code, signal, ...output }));
  return {
    ended,
    /** Resolves to the first match in what it prints to stdout. */
    async printed(pattern: RegExp): Promise<RegExpExecArray> {
      let end: Ended | undefined;
      while (end === undefined) {
        const found = pattern.exec(output.stdout);
        if (found !== null) return found;
        end = await Promise.race([ended, once(child.stdout, "data").then(() => undefined)]);
      }
      throw new Error(
        `${[file, ...args].join(" ")} ended with ${end.code ?? end.signal} before it printed ${pattern}:\n${end.stderr}`,
      );
    },
    end(signal: NodeJS.Signals = "SIGTERM") {
      child.kill(signal);
      return ended;
    },
  };
}

/** A program in a process of its own. */
export type RunningProgram = ReturnType<typeof startProgram>;

/** Starts a program that Node runs. */
export function startNode(args: readonly string[], options: SpawnOptions = {}) {
  return startProgram(process.execPath, args, options);
}
