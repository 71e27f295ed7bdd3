import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createRolloutMock, type MockConnector, type RolloutMock } from "rollout-client/testing";
import { vi } from "vitest";
import { exampleFolder } from "../../scripts/lib/build.mjs";
import { startMockServer } from "../../src/command-line/mock-server.ts";

export const clientId = "client_test";
export const clientSecret = "a secret of the test";

/** What the example exports once it is built, which it is not when this file is type-checked. */
interface ServerModule {
  startServer(settings: {
    baseUrl: string;
    crmBaseUrl: string;
    publicUrl?: string | undefined;
    clientId: string;
    clientSecret: string;
    databaseFile: string;
    port: number;
  }): Promise<{ url: string; stop(): Promise<void> }>;
}

/** What the mock of the API has, and what it waits for. */
export interface ApplicationOptions {
  readonly connectors?: Readonly<Record<string, MockConnector>>;
  /** Where the application says that it can be reached. */
  readonly publicUrl?: string;
  /** Runs before each request reaches the mock. */
  readonly beforeRequest?: (request: { method: string }) => Promise<void>;
  /** Runs before each one-time password does. */
  readonly beforeCode?: (frame: string) => Promise<void>;
}

/** The example as it was built, against a mock of the API that the test can watch and control. */
export async function startApplication(options: ApplicationOptions = {}) {
  const { startServer }: ServerModule = await import(pathToFileURL(join(exampleFolder, "dist/server.js")).href);
  const api = await startMockServer(0, (baseUrl) => createWatchedMock(baseUrl, options));
  const folder = await mkdtemp(join(tmpdir(), "connect-account-"));
  const databaseFile = join(folder, "data.sqlite");
  const { baseUrl } = api.mock.options;
  const { publicUrl } = options;
  const start = (port = 0) =>
    startServer({ baseUrl, crmBaseUrl: baseUrl, publicUrl, clientId, clientSecret, databaseFile, port });
  const failures = vi.spyOn(console, "error").mockImplementation(() => {});
  const notes = vi.spyOn(console, "info").mockImplementation(() => {});
  let application = await start();
  const { url } = application;
  return {
    url,
    mock: api.mock,
    /** What the application has logged: failures that somebody must look at, and other notes. */
    log: () => ({ failures: failures.mock.calls.flat().join("\n"), notes: notes.mock.calls.flat().join("\n") }),
    /** Starts another application on the same port with the same data. */
    async restart(): Promise<void> {
      await application.stop();
      application = await start(Number(new URL(url).port));
    },
    async stop(): Promise<void> {
      await application.stop();
      failures.mockRestore();
      notes.mockRestore();
      await api.stop();
      await rm(folder, { recursive: true });
    },
  };
}

function createWatchedMock(
  baseUrl: string,
  { connectors, beforeRequest = async () => {}, beforeCode = async () => {} }: ApplicationOptions,
): RolloutMock {
  const collections = {
    people: [
      { id: "person_1", name: "Ana Alvarez" },
      { id: "person_2", name: "Ben Brown" },
    ],
  };
  const mock = createRolloutMock({ baseUrl, clientSecret, connectors, collections, readyAfter: 1 });
  const fetch: typeof mock.options.fetch = async (input, init) => {
    await beforeRequest({ method: init?.method ?? "GET" });
    return mock.options.fetch(input, init);
  };
  class WatchedSocket extends mock.options.webSocket {
    override send(frame: string): void {
      void beforeCode(frame).then(() => super.send(frame));
    }
  }
  return { ...mock, options: { ...mock.options, fetch, webSocket: WatchedSocket } };
}
