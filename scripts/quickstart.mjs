// npm run quickstart: installs and builds what is missing, then runs examples/quickstart.mjs against a mock of Rollout's API, or against
// the server that the environment names.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { buildPackage } from "./build-package.mjs";
import { mockEnvironment, namesServer } from "./server-environment.mjs";

const program = fileURLToPath(new URL("../examples/quickstart.mjs", import.meta.url));

try {
  const mocked = !namesServer();
  console.log("Installing and building what is missing …");
  await buildPackage();
  const mock = mocked ? await startMock() : undefined;
  try {
    process.exitCode = await run(mock === undefined ? {} : mockEnvironment(mock.baseUrl));
  } finally {
    await mock?.stop();
  }
  if (mock !== undefined) console.log("The mock has ended. The program: examples/quickstart.mjs");
} catch (failure) {
  console.error(failure instanceof Error ? failure.message : failure);
  process.exitCode = 1;
}

async function startMock() {
  // Only now: on a fresh clone, what the mock is made of has just been installed.
  const { EXAMPLE_RULES, startExampleRollout } = await import("./mock/example-rollout.mjs");
  const mock = await startExampleRollout();
  console.log(`Against the mock of rollout-client/testing: ${EXAMPLE_RULES}\n`);
  return mock;
}

/** @param {Record<string, string>} environment */
async function run(environment) {
  const child = spawn(process.execPath, [program], { stdio: "inherit", env: { ...process.env, ...environment } });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.on(signal, () => child.kill(signal));
  const [code] = await once(child, "exit");
  return code ?? 1;
}
