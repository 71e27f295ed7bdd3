import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { vi } from "vitest";
import { exampleFolder } from "../../scripts/lib/build.mjs";
import { EXAMPLE_CONNECTORS } from "../../scripts/mock/example-rollout.mjs";
import { type RolloutServerOptions, startRolloutServer } from "../../scripts/mock/rollout-server.mjs";

export const clientId = "client_test";
export const clientSecret = "a secret of the test";

/** What the example exports once it is built, which it is not when this file is type-checked. */
interface ServerModule {
  startServer(settings: {
    baseUrl: string;
    clientId: string;
    clientSecret: string;
    databaseFile: string;
    port: number;
  }): Promise<{ url: string; stop(): Promise<void> }>;
}

/** The example as it was built, against a mock of the API that the test can watch and control. */
export async function startApplication(options: RolloutServerOptions = {}) {
  const { startServer }: ServerModule = await import(pathToFileURL(join(exampleFolder, "dist/server.js")).href);
  const api = await startRolloutServer({ clientSecret, connectors: EXAMPLE_CONNECTORS, ...options });
  const folder = await mkdtemp(join(tmpdir(), "connect-account-"));
  const databaseFile = join(folder, "data.sqlite");
  const start = (port = 0) => startServer({ baseUrl: api.baseUrl, clientId, clientSecret, databaseFile, port });
  const logged = vi.spyOn(console, "error").mockImplementation(() => {});
  let application = await start();
  const { url } = application;
  return {
    url,
    mock: api.mock,
    /** Everything that the application has logged. */
    log: (): string => logged.mock.calls.flat().join("\n"),
    /** Starts another application on the same port with the same data. */
    async restart(): Promise<void> {
      await application.stop();
      application = await start(Number(new URL(url).port));
    },
    async stop(): Promise<void> {
      logged.mockRestore();
      await application.stop();
      await api.stop();
      await rm(folder, { recursive: true });
    },
  };
}
