import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exampleFolder } from "../../scripts/lib/build.mjs";
import { EXAMPLE_CONNECTORS } from "../../scripts/mock/example-rollout.mjs";
import { type RolloutServerOptions, startRolloutServer } from "../../scripts/mock/rollout-server.mjs";
import { collectOutput, urlIn } from "./process-output.ts";

export const clientId = "client_test";
export const clientSecret = "a secret of the test";

/** The example as its users run it, a process of its own, against a mock of the API that the test can watch and steer. */
export async function startApplication(options: RolloutServerOptions = {}) {
  const api = await startRolloutServer({ clientSecret, connectors: EXAMPLE_CONNECTORS, ...options });
  const folder = await mkdtemp(join(tmpdir(), "connect-account-"));
  const run = (port = "0") => startProcess(api.baseUrl, join(folder, "data.sqlite"), port);
  const stopApi = async (): Promise<void> => {
    await api.stop();
    await rm(folder, { recursive: true });
  };
  let application: Awaited<ReturnType<typeof run>>;
  try {
    application = await run();
  } catch (failure) {
    await stopApi();
    throw failure;
  }
  const { url, output } = application;
  return {
    url,
    output,
    mock: api.mock,
    /** Ends the process, and starts another on the same port with the same data. */
    async restart(): Promise<void> {
      await application.stop();
      application = await run(new URL(url).port);
    },
    async stop(): Promise<void> {
      await application.stop();
      await stopApi();
    },
  };
}

async function startProcess(baseUrl: string, databaseFile: string, port: string) {
  const child = spawn(process.execPath, ["dist/server.js"], {
    cwd: exampleFolder,
    env: {
      ROLLOUT_BASE_URL: baseUrl,
      ROLLOUT_CLIENT_ID: clientId,
      ROLLOUT_CLIENT_SECRET: clientSecret,
      DATABASE_FILE: databaseFile,
      PORT: port,
    },
  });
  const output = collectOutput(child);
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.kill()) await once(child, "exit");
  };
  try {
    return { url: await urlIn(output, child), output, stop };
  } catch (failure) {
    await stop();
    throw failure;
  }
}
