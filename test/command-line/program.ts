import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { createRolloutMock, type RolloutMock } from "rollout-client/testing";
import { afterAll, onTestFinished } from "vitest";

/** What a process left behind. */
export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const folder = mkdtempSync(join(tmpdir(), "rollout-client-command-line-"));
afterAll(() => rmSync(folder, { recursive: true }));

const program = join(folder, "command-line.mjs");
await build({
  entryPoints: [fileURLToPath(new URL("../../src/command-line/main.ts", import.meta.url))],
  outfile: program,
  bundle: true,
  platform: "node",
  format: "esm",
  alias: { "rollout-client": fileURLToPath(new URL("../../src/index.ts", import.meta.url)) },
});

export const ENVIRONMENT: Readonly<Record<string, string>> = {
  ROLLOUT_CLIENT_ID: "client",
  ROLLOUT_CLIENT_SECRET: "planted_secret",
};

/** Runs the program in a process that has nothing in its environment but what is given. */
export async function runProgram(
  args: readonly string[],
  env: Readonly<Record<string, string>> = ENVIRONMENT,
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program, ...args], { env }, (_error, stdout, stderr) => {
      resolve({ status: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

/** A mock behind a server, until the end of the test. */
export async function startMock(): Promise<{
  readonly mock: RolloutMock;
  readonly environment: Record<string, string>;
}> {
  const server = createServer(async ({ method = "", url = "", headers }, response) => {
    const { authorization = "" } = headers;
    const answer = await mock.options.fetch(new URL(url, base), { method, headers: { authorization } });
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server does not listen on a port");
  const base = `http://127.0.0.1:${address.port}`;
  const mock = createRolloutMock({ baseUrl: `${base}/api`, clientSecret: "planted_secret" });
  return { mock, environment: { ...ENVIRONMENT, ROLLOUT_BASE_URL: `${base}/api` } };
}
