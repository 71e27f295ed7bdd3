import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { resolve } = createRequire(import.meta.url);

/** Starts Prism on the document of the package, on a free port: its URL is the `baseUrl` of your tests. */
export async function startPrism(): Promise<{ baseUrl: string; stop(): void }> {
  const program = resolve("@stoplight/prism-cli/dist/index.js");
  const document = resolve("rollout-client/openapi.json");
  const prism = spawn(process.execPath, [program, "mock", "--port", "0", document]);
  for await (const line of createInterface(prism.stdout)) {
    const baseUrl = /listening on (http:\S+)/.exec(line)?.[1];
    if (baseUrl === undefined) continue;
    // Read on, or Prism stops when nobody takes what it prints.
    prism.stdout.resume();
    return { baseUrl, stop: () => prism.kill() };
  }
  throw new Error("Prism ended before it listened");
}
