import { spawn } from "node:child_process";
import { once } from "node:events";
import { startMock } from "./start-mock.mjs";

const RULES = "lofty asks for a code (123456), skyslope is refused, others are connected.";
const VARIABLES = ["ROLLOUT_BASE_URL", "ROLLOUT_CLIENT_ID", "ROLLOUT_CLIENT_SECRET"];

/**
 * Builds and runs a Node program against the server that the environment names, or against `rollout-client mock`. Its exit code becomes ours.
 *
 * @param {object} program
 * @param {string} program.file
 * @param {string} [program.cwd]
 * @param {() => Promise<void>} program.build
 */
export async function runWithServer({ file, cwd, build }) {
  try {
    const mocked = !namesServer();
    console.log("Installing and building what is missing …");
    await build();
    const mock = mocked ? await startMock() : undefined;
    if (mocked) console.log(`Against rollout-client mock: ${RULES}\n`);
    try {
      process.exitCode = await runToEnd(file, cwd, mock?.environment);
    } finally {
      await mock?.stop();
    }
  } catch (failure) {
    console.error(failure instanceof Error ? failure.message : failure);
    process.exitCode = 1;
  }
}

/** Whether the environment names a server. It must name all of it or nothing: the mock's values are made up. */
function namesServer() {
  const unset = VARIABLES.filter((name) => !process.env[name]);
  if (unset.length > 0 && unset.length < VARIABLES.length) {
    throw new Error(
      `To use a server of yours, set ${unset.join(" and ")} too; to use the mock, set none of ${VARIABLES.join(", ")}.`,
    );
  }
  return unset.length === 0;
}

/**
 * @param {string} file
 * @param {string | undefined} cwd
 * @param {Record<string, string>} [environment]
 */
async function runToEnd(file, cwd, environment) {
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, [file], { cwd, env, stdio: "inherit" });
  // Ctrl+C reaches both processes, other signals only this one. Either way this process ends last.
  let stopped = false;
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
    process.on(signal, () => {
      stopped = true;
      child.kill(signal);
    });
  }
  const [code] = await once(child, "exit");
  return code ?? (stopped ? 0 : 1);
}
