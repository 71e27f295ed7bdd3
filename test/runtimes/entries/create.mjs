// What the entries for other fetches have in common: a create that fails, and the report.
import process from "node:process";
import { failureOf } from "../checks/assert.mjs";
import { input } from "../checks/calls.mjs";
import { runChecks } from "../suite.mjs";

/** The statuses with which the proxy refuses, and the attempts that a create then makes: no credentials appear in between. */
export const REFUSALS = /** @type {const} */ ([
  [407, 1],
  [403, 3],
  [502, 3],
  [503, 3],
]);

/**
 * What is known of a create that failed.
 *
 * @param {{ credentials: { create(of: typeof input): Promise<unknown> } }} client
 */
export async function failedCreate({ credentials }) {
  const { code, mayHaveSucceeded, attempts, message } = await failureOf(credentials.create(input));
  return { known: [code, mayHaveSucceeded, attempts], message };
}

/** @param {Record<string, () => Promise<void>>} checks */
export async function report(checks) {
  console.log(JSON.stringify(await runChecks(checks)));
  process.exit();
}
