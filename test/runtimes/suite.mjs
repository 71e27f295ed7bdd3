// The same checks in every runtime, without a test framework, because none runs in all of them.
import { calls } from "./checks/calls.mjs";
import { oneTimePasswords, withoutWebSocket } from "./checks/one-time-passwords.mjs";
import { signingInPages, signingOnServers } from "./checks/signing.mjs";

/**
 * What differs between runtimes; docs/runtimes.md says the same in words.
 *
 * @typedef {object} Traits
 * @property {boolean} hasWebSocket it has a global `WebSocket`
 * @property {boolean} tellsUnsent it tells a connection that was never made from one that was lost
 * @property {boolean} hidesRedirects it shows neither the status nor the target of a redirect
 * @property {boolean} isPage it is a page, where no secret may be
 */

/**
 * @typedef {object} Surroundings
 * @property {string} apiUrl `rollout-client mock`: it asks for the code 123456 before it connects lofty, and fails with the status of `?fail=…`
 * @property {string} token one that the mock accepts
 * @property {string} faultsUrl that of startFaults
 * @property {string} closedUrl where nothing listens
 * @property {Traits} traits
 */

/**
 * @typedef {object} Runtime
 * @property {typeof import("rollout-client")} client
 * @property {import("rollout-client").WebSocketConstructor | undefined} webSocket what is passed where the platform has none
 */

/** @typedef {Surroundings & Runtime} Context */
/** @typedef {(context: Context) => void | Promise<void>} Check */
/** @typedef {{ name: string, problem?: string }} Result */

/**
 * @param {Context} context
 * @param {Record<string, Check>} [more] checks of one runtime alone
 * @returns {Promise<Result[]>}
 */
export function runSuite(context, more = {}) {
  const { hasWebSocket, isPage } = context.traits;
  const checks = {
    ...calls,
    ...oneTimePasswords,
    ...(hasWebSocket ? {} : withoutWebSocket),
    ...(isPage ? signingInPages : signingOnServers),
    ...more,
  };
  return runChecks(Object.fromEntries(Object.entries(checks).map(([name, check]) => [name, () => check(context)])));
}

/**
 * @param {Record<string, () => void | Promise<void>>} checks
 * @returns {Promise<Result[]>}
 */
export async function runChecks(checks) {
  const results = [];
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check();
      results.push({ name });
    } catch (failure) {
      results.push({ name, problem: failure instanceof Error ? String(failure.stack) : String(failure) });
    }
  }
  return results;
}
