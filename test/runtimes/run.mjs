// npm run test:runtimes: the suite in each runtime, from the packed package, against one mock of Rollout. Names after `--` choose among
// the runtimes, for example `-- node22 bun`.
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { install, pack } from "../../scripts/lib/pack.mjs";
import { npm } from "../../scripts/lib/run-program.mjs";
import { startMock } from "../../scripts/lib/start-mock.mjs";
import { runTwoAtATime } from "../support/two-at-a-time.mjs";
import { runtimes } from "./runtimes.mjs";
import { closedUrl, startFaults } from "./servers.mjs";

/** @typedef {{ runtime: string, version: string, result: string, failed: boolean }} Row */

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in runtimes));
if (unknown.length > 0) {
  console.error(`No such runtime: ${unknown.join(", ")}. There are ${Object.keys(runtimes).join(", ")}`);
  process.exit(1);
}

const project = mkdtempSync(join(tmpdir(), "rollout-client-runtimes-"));
/** @type {(() => void | Promise<void>)[]} */
const ends = [() => rmSync(project, { recursive: true })];
try {
  await prepareProject();
  const urls = await startServers();
  const chosen = Object.entries(runtimes).filter(([name]) => names.length === 0 || names.includes(name));
  report(await testAll(chosen, urls));
} finally {
  for (const end of ends.reverse()) await end();
}

/** The project that every runtime runs: the package as packed, the package ws for those that need it, and the suite. */
async function prepareProject() {
  const { tarball } = await pack(project);
  await install(tarball, project);
  cpSync(join(root, "node_modules/ws"), join(project, "node_modules/ws"), { recursive: true });
  for (const part of ["suite.mjs", "checks", "entries"]) {
    cpSync(join(here, part), join(project, part), { recursive: true });
  }
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
}

async function startServers() {
  // Only now: the package has just been built.
  const { createTestToken } = await import("rollout-client/testing");
  const api = await startMock();
  ends.push(() => api.stop());
  const faults = await startFaults();
  ends.push(() => faults.stop());
  return {
    apiUrl: api.baseUrl,
    token: createTestToken("user_123"),
    faultsUrl: faults.url,
    closedUrl: await closedUrl(),
  };
}

/**
 * @param {[string, import("./runtimes.mjs").RuntimeUnderTest][]} chosen
 * @param {Omit<import("./suite.mjs").Surroundings, "traits">} urls
 */
async function testAll(chosen, urls) {
  /** @type {Row[]} */
  const rows = [];
  const tasks = chosen.map(([name, runtime], index) => async () => {
    rows[index] = await test(name, runtime, urls);
  });
  await runTwoAtATime(tasks);
  return rows;
}

/**
 * @param {string} name
 * @param {import("./runtimes.mjs").RuntimeUnderTest} runtime
 * @param {Omit<import("./suite.mjs").Surroundings, "traits">} urls
 * @returns {Promise<Row>}
 */
async function test(name, { label, start, traits }, urls) {
  const folder = join(here, name);
  try {
    if (existsSync(folder)) await npm(folder, "install", "--no-save", "--prefer-offline");
    const { version, results } = await start({ folder, project, surroundings: { ...urls, traits } });
    const problems = results.filter(({ problem }) => problem !== undefined);
    for (const { name: check, problem } of problems) console.error(`${label}: ${check}\n${problem}\n`);
    const result = `${results.length - problems.length} passed, ${problems.length} failed`;
    return { runtime: label, version, result, failed: problems.length > 0 || results.length === 0 };
  } catch (failure) {
    console.error(`${label}: ${failure instanceof Error ? failure.stack : failure}\n`);
    return { runtime: label, version: "?", result: "did not run", failed: true };
  }
}

/** @param {Row[]} rows */
function report(rows) {
  console.table(rows.map(({ runtime, version, result }) => ({ runtime, version, result })));
  const failed = rows.filter((row) => row.failed).length;
  console.log(`${rows.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
