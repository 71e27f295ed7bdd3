// What the tests of this folder start: processes of their own, a Redis, a mock that other processes reach.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Redis } from "ioredis";
import type { RolloutMock } from "rollout-client/testing";
import { onTestFinished } from "vitest";
import { type RunningProgram, startNode, startProgram } from "../support/processes.ts";
import { type ReceivedRequest, startHttpServer } from "../support/servers.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

function endWithTest(program: RunningProgram): RunningProgram {
  onTestFinished(async () => {
    await program.end("SIGKILL");
  });
  return program;
}

/** Compiles a program of this folder, and resolves to a function that starts it: Node 20 runs no TypeScript. */
export async function buildProgram(name: string) {
  // Beside the packages that it imports, in a folder that no tool looks at.
  const outfile = fileURLToPath(new URL(`node_modules/.programs/${name}.mjs`, import.meta.url));
  const source = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  await build({ entryPoints: [source], outfile, bundle: true, packages: "external", format: "esm" });
  return (args: readonly string[], env: NodeJS.ProcessEnv = {}): RunningProgram =>
    endWithTest(startNode([outfile, ...args], { env: { ...process.env, ...env } }));
}

/** Starts a Redis that keeps nothing on the disk, and resolves to its Unix socket, which needs no free port. */
export async function startRedis(): Promise<string> {
  const path = join(temporaryFolder(), "socket");
  const args = ["--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no"];
  await endWithTest(startProgram("redis-server", args)).printed(/ready to accept connections/i);
  return path;
}

// The limiter of redis.ts counts in one window for a whole test: Redis then knows how many requests it let through, at any speed.
export const REQUESTS_PER_WINDOW = 1_000_000;
const WINDOW_MILLISECONDS = 3_600_000;
const LIMITER_KEY = "rlflx:rollout";

/** Opens the window, in which nobody has to wait unless its requests are taken. */
export async function openWindow(redis: Redis, { taken = 0 } = {}): Promise<void> {
  await redis.set(LIMITER_KEY, taken, "PX", WINDOW_MILLISECONDS);
}

/** How many requests the processes have asked the limiter for. */
export async function askedInWindow(redis: Redis): Promise<number> {
  return Number(await redis.get(LIMITER_KEY));
}

/** Serves a mock to other processes, and resolves to its base URL. `acted` runs before each response is sent. */
export async function serveMock(mock: RolloutMock, acted: (request: ReceivedRequest) => unknown): Promise<string> {
  const { url } = await startHttpServer(async (request) => {
    const { method, body } = request;
    const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]);
    const init = { method, headers, ...(body !== "" && { body }) };
    const response = await mock.options.fetch(new URL(request.url, mock.options.baseUrl), init);
    await acted(request);
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
  });
  return `${url}/api`;
}
