import { fork } from "node:child_process";
import { createRequire } from "node:module";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const prismProgram = createRequire(import.meta.url).resolve("@stoplight/prism-cli/dist/index.js");
const exitWithParent = new URL("./exit-with-parent.mjs", import.meta.url).href;

/** @typedef {{ url: string, stop(): Promise<void> }} Prism */

/**
 * Starts Prism, a mock server for an OpenAPI document, on a free port of 127.0.0.1. The system chooses the port as Prism binds it, so nothing can take
 * it in between.
 *
 * @param {string | URL} document the file
 * @param {object} [options]
 * @param {number} [options.startTimeout] milliseconds
 * @returns {Promise<Prism>}
 */
export async function startPrism(document, { startTimeout = 300_000 } = {}) {
  const file = document instanceof URL ? fileURLToPath(document) : document;
  // Single-process: with workers of its own, what Prism prints and how it ends would be theirs.
  const args = ["mock", "--host", "127.0.0.1", "--port", "0", "--multiprocess", "false", file];
  const child = fork(prismProgram, args, { execArgv: ["--import", exitWithParent], silent: true });
  const output = collectOutput(child);
  const ended = new Promise((resolve) => child.once("close", resolve));
  const stop = async () => {
    child.kill();
    await ended;
  };

  const deadline = Date.now() + startTimeout;
  while (child.exitCode === null && child.signalCode === null && Date.now() < deadline) {
    const url = /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(output())?.[1];
    if (url !== undefined && (await responds(url))) return { url, stop };
    await wait(50);
  }
  const reason = Date.now() < deadline ? "ended before it listened" : `did not respond within ${startTimeout} ms`;
  await stop();
  throw new Error(`Prism ${reason}. It printed:\n${output()}`);
}

/** @param {import("node:child_process").ChildProcess} child */
function collectOutput(child) {
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk) => {
      printed += chunk;
    });
  }
  return () => printed;
}

/** @param {string} url */
async function responds(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(30_000) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}
