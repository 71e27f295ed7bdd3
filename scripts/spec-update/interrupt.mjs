import { InputError } from "../openapi/input-error.mjs";

const signals = /** @type {const} */ (["SIGINT", "SIGTERM"]);

/**
 * Lets the work clean up after itself when the process is told to end, instead of ending in the middle of it.
 *
 * @param {string} subject
 * @param {(signal: AbortSignal) => Promise<void>} work
 */
export async function abortOnInterrupt(subject, work) {
  const interruption = new AbortController();
  const abort = () => interruption.abort();
  for (const name of signals) process.on(name, abort);
  try {
    await work(interruption.signal);
  } catch (cause) {
    if (!interruption.signal.aborted) throw cause;
    throw new InputError(subject, "interrupted, nothing was changed", { cause });
  } finally {
    for (const name of signals) process.off(name, abort);
  }
}
