// Starts examples/connect-account against a mock of Rollout's API, or against the server that the environment names.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { buildExample, exampleFolder } from "./build-example.mjs";

const VARIABLES = ["ROLLOUT_BASE_URL", "ROLLOUT_CLIENT_ID", "ROLLOUT_CLIENT_SECRET"];

const unset = VARIABLES.filter((name) => !process.env[name]);
if (unset.length > 0 && unset.length < VARIABLES.length) {
  console.error(
    `To use a server of yours, set ${unset.join(" and ")} too; to use the mock, set none of ${VARIABLES.join(", ")}.`,
  );
  process.exit(1);
}

console.log("Building the package and the example …");
await buildExample();

const mock = unset.length === 0 ? undefined : await startMock();
const application = spawn(process.execPath, ["dist/server.js"], {
  cwd: exampleFolder,
  stdio: "inherit",
  env: { ...process.env, ...mock?.environment },
});
// Ctrl+C reaches both processes; other signals only this one. Either way the application ends first, then the mock.
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.on(signal, () => application.kill(signal));
const [code] = await once(application, "exit");
await mock?.stop();
process.exitCode = code ?? 0;

async function startMock() {
  // Only now: on a fresh clone, what the mock is made of has just been installed.
  const { startExampleMock } = await import("./example-mock.mjs");
  const { baseUrl, stop } = await startExampleMock();
  console.log(
    "Against a mock: lofty asks for a code (123456), skyslope is refused, gmail fails, others are connected at once.",
  );
  return {
    stop,
    environment: {
      ROLLOUT_BASE_URL: baseUrl,
      ROLLOUT_CLIENT_ID: "made-up-client-id",
      ROLLOUT_CLIENT_SECRET: "made-up-client-secret",
    },
  };
}
