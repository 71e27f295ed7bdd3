import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../dist/command-line.js", import.meta.url));

/**
 * Starts `rollout-client mock`, as it is built, on a free port. `environment` is what it prints for those who talk to it: the
 * variables ROLLOUT_BASE_URL, ROLLOUT_CLIENT_ID and ROLLOUT_CLIENT_SECRET.
 */
export async function startMock() {
  const child = spawn(process.execPath, [PROGRAM, "mock", "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  /** @type {Record<string, string>} */
  const environment = {};
  for await (const line of createInterface(child.stdout)) {
    const [, name, value] = /^(ROLLOUT_\w+)=(.+)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) environment[name] = value;
    if (name === "ROLLOUT_CLIENT_SECRET") break;
  }
  const { ROLLOUT_BASE_URL: baseUrl } = environment;
  if (baseUrl === undefined) throw new Error("the mock ended before it listened");
  child.stdout.resume();
  return {
    baseUrl,
    environment,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill();
      await ended;
    },
  };
}
