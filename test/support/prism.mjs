import { fork } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const prismProgram = createRequire(import.meta.url).resolve("@stoplight/prism-cli/dist/index.js");
const exitWithParent = new URL("./exit-with-parent.mjs", import.meta.url).href;

/** @typedef {{ url: string, stop(): Promise<void> }} Prism */

/**
 * Starts Prism, a mock server for an OpenAPI document, on a free port of 127.0.0.1.
 *
 * @param {string | URL} document the file
 * @returns {Promise<Prism>}
 */
export async function startPrism(document) {
  const file = document instanceof URL ? fileURLToPath(document) : document;
  // Single-process: with workers of its own, what Prism prints and how it ends would be theirs.
  const args = ["mock", "--host", "127.0.0.1", "--port", "0", "--multiprocess", "false", file];
  const stdio = /** @type {const} */ (["ignore", "pipe", "inherit", "ipc"]);
  const child = fork(prismProgram, args, { execArgv: ["--import", exitWithParent], stdio: [...stdio] });
  const ended = once(child, "close");
  if (child.stdout === null) throw new Error("Prism has no stdout");
  const lines = [];
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    const url = /listening on (http:\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    // Read on, or Prism stops when nobody takes what it prints.
    child.stdout.resume();
    return {
      url,
      async stop() {
        child.kill();
        await ended;
      },
    };
  }
  throw new Error(`Prism ended before it listened:\n${lines.join("\n")}`);
}
