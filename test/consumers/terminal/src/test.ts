import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import type { Connector, Credential, ListedCredential } from "rollout-client";

const folder = mkdtempSync(join(tmpdir(), "terminal-"));
const mock = spawn("rollout-client", ["mock", "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
/** What the mock prints for those who talk to it. */
const variables: Record<string, string> = {};

before(async () => {
  for await (const line of createInterface(mock.stdout)) {
    const [, name, value] = /^(ROLLOUT_\w+)=(.+)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) variables[name] = value;
    if (name === "ROLLOUT_CLIENT_SECRET") break;
  }
});

after(() => {
  mock.kill();
  rmSync(folder, { recursive: true });
});

/** Runs a program to its end, with the variables of the mock and others. */
function run(program: string, args: string[], others: NodeJS.ProcessEnv = {}) {
  const env = { ...process.env, ...variables, ...others };
  return new Promise<{ status: number | null; output: string }>((resolve) => {
    const child = execFile(program, args, { env }, (_error, output) => resolve({ status: child.exitCode, output }));
  });
}

const report = (others?: NodeJS.ProcessEnv) => run("./report-accounts.sh", [folder, "user_1", "user_2"], others);

function left<Content>(name: string): Content {
  return JSON.parse(readFileSync(join(folder, name), "utf8"));
}

test("the accounts of each user are reported, connected with a token of the command", async () => {
  const { output: token } = await run("rollout-client", ["token", "user_1"]);
  const response = await fetch(`${variables.ROLLOUT_BASE_URL}/credentials`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token.trim()}`, "Content-Type": "application/json" },
    body: JSON.stringify({ appKey: "follow-up-boss", userInputs: { apiKey: "a key" } }),
  });
  const { id }: Credential = JSON.parse(await response.text());
  assert.equal((await report()).status, 0);
  const credentials = left<ListedCredential[]>("user_1.json");
  assert.deepEqual(
    credentials.map(({ id, appKey }) => ({ id, appKey })),
    [{ id, appKey: "follow-up-boss" }],
  );
  assert.deepEqual(left("user_2.json"), []);
  assert.ok(left<Connector[]>("connectors.json").some(({ appKey }) => appKey === "lofty"));
});

test("the report ends with 1 at a server that is not Rollout, and says what failed", async () => {
  const { status } = await report({ ROLLOUT_BASE_URL: `${variables.ROLLOUT_BASE_URL}/elsewhere` });
  assert.equal(status, 1);
  const { ok, checks } = left<{ ok: boolean; checks: { name: string; ok: boolean }[] }>("doctor.json");
  assert.deepEqual([ok, checks.at(-1)], [false, { ...checks.at(-1), name: "host", ok: false }]);
});

test("the report ends with 1 without a variable, and a command with 2", async () => {
  const none = { ROLLOUT_CLIENT_SECRET: "" };
  assert.equal((await report(none)).status, 1);
  assert.equal((await run("rollout-client", ["credentials", "user_1", "--json"], none)).status, 2);
  assert.equal((await run("rollout-client", ["credentials", "--json"])).status, 2);
});
