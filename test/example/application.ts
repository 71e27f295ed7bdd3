import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createRolloutMock, type MockConnector, type RolloutMock } from "rollout-client/testing";
import { onTestFinished, vi } from "vitest";
import { exampleFolder } from "../../scripts/lib/build.mjs";
import { startMockServer } from "../../src/command-line/mock-server.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

export const clientId = "client_test";
export const clientSecret = "a secret of the test";

/** What the example exports once it is built, which it is not when this file is type-checked. */
interface ServerModule {
  startServer(settings: object): Promise<{ url: string; stop(): Promise<void> }>;
}

const PEOPLE = [
  { id: "person_1", name: "Ana Alvarez" },
  { id: "person_2", name: "Ben Brown" },
];

/** What the mock of the API has, and what it waits for. */
export interface ApplicationOptions {
  readonly connectors?: Readonly<Record<string, MockConnector>>;
  readonly people?: readonly object[];
  /** Where the application says that it can be reached. */
  readonly publicUrl?: string;
  /** Runs before each request reaches the mock. */
  readonly beforeRequest?: (method: string, url: URL, mock: RolloutMock) => Promise<void>;
  /** Runs before each one-time password does. */
  readonly beforeCode?: (frame: string) => Promise<void>;
}

/** The example as it was built, against a mock of the API that the test can watch and control. */
export async function startApplication(options: ApplicationOptions = {}) {
  const { startServer }: ServerModule = await import(pathToFileURL(join(exampleFolder, "dist/server.js")).href);
  const databaseFile = join(temporaryFolder(), "data.sqlite");
  const api = await startMockServer(0, (baseUrl) => createWatchedMock(baseUrl, options));
  const { baseUrl } = api.mock.options;
  const { publicUrl } = options;
  const start = (port = 0) =>
    startServer({ baseUrl, crmBaseUrl: baseUrl, publicUrl, clientId, clientSecret, databaseFile, port });
  const failures = vi.spyOn(console, "error").mockImplementation(() => {});
  const notes = vi.spyOn(console, "info").mockImplementation(() => {});
  let application = await start();
  const { url } = application;
  onTestFinished(async () => {
    await application.stop();
    failures.mockRestore();
    notes.mockRestore();
    await api.stop();
  });
  return {
    url,
    databaseFile,
    mock: api.mock,
    /** The bodies that reached the mock with these requests. */
    sent: (method: string, path = "/credentials") =>
      api.mock.requests.filter((request) => request.method === method && request.path === path).map(({ body }) => body),
    /** What the application has logged: failures that somebody must look at, and other notes. */
    log: () => ({ failures: failures.mock.calls.flat().join("\n"), notes: notes.mock.calls.flat().join("\n") }),
    /** Starts another application on the same port with the same data. */
    async restart(): Promise<void> {
      await application.stop();
      application = await start(Number(new URL(url).port));
    },
  };
}

function createWatchedMock(baseUrl: string, options: ApplicationOptions): RolloutMock {
  const { connectors, people = PEOPLE, beforeRequest = async () => {}, beforeCode = async () => {} } = options;
  const mock = createRolloutMock({ baseUrl, clientSecret, connectors, collections: { people }, readyAfter: 1 });
  const fetch: typeof mock.options.fetch = async (input, init) => {
    await beforeRequest(init?.method ?? "GET", new URL(String(input)), mock);
    return mock.options.fetch(input, init);
  };
  class WatchedSocket extends mock.options.webSocket {
    override send(frame: string): void {
      void beforeCode(frame).then(() => super.send(frame));
    }
  }
  return { ...mock, options: { ...mock.options, fetch, webSocket: WatchedSocket } };
}
