// Starts examples/connect-account against a mock of Rollout's API, or against the server that the environment names.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { buildExample, exampleFolder } from "./build-example.mjs";
import { mockEnvironment, namesServer } from "./server-environment.mjs";

try {
  const mocked = !namesServer();
  console.log("Building the package and the example …");
  await buildExample();
  await run(mocked ? await startMock() : undefined);
} catch (failure) {
  console.error(failure instanceof Error ? failure.message : failure);
  process.exitCode = 1;
}

/** @param {{ baseUrl: string, stop(): Promise<void> } | undefined} mock */
async function run(mock) {
  const application = spawn(process.execPath, ["dist/server.js"], {
    cwd: exampleFolder,
    stdio: "inherit",
    env: { ...process.env, ...(mock === undefined ? {} : mockEnvironment(mock.baseUrl)) },
  });
  // Ctrl+C reaches both processes; other signals only this one. Either way the application ends first, then the mock.
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.on(signal, () => application.kill(signal));
  const [code] = await once(application, "exit");
  await mock?.stop();
  process.exitCode = code ?? 0;
}

async function startMock() {
  // Only now: on a fresh clone, what the mock is made of has just been installed.
  const { EXAMPLE_RULES, startExampleRollout } = await import("./mock/example-rollout.mjs");
  const mock = await startExampleRollout();
  console.log(`Against a mock: ${EXAMPLE_RULES}`);
  return mock;
}
