import { parseArgs } from "node:util";
import { InputError, reasonOf } from "./input-error.mjs";

/**
 * Runs a command: an InputError is one line on stderr and exit code 1, anything else is a defect of the script and keeps its stack.
 *
 * @param {() => Promise<void>} command
 */
export async function run(command) {
  try {
    await command();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/**
 * @template {import("node:util").ParseArgsConfig} Config
 * @param {string} name of the command
 * @param {Config} config
 */
export function readArguments(name, config) {
  try {
    return parseArgs(config);
  } catch (cause) {
    throw new InputError(name, reasonOf(cause), { cause });
  }
}
