import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { createRolloutMock } from "rollout-client/testing";
import { openStore } from "./store.js";

const PEOPLE = Array.from({ length: 450 }, (_, index) => ({ id: `person_${index}`, name: `Name ${index}` }));
const PAGES = 5;
const ACCOUNTS = Array.from({ length: 6 }, (_, index) => ({ id: `cred_${index}`, userId: `user_${index}` }));
const KILLED_AT = 14;

test("a job that is killed goes on where it was: nobody is missing, and at most one page of an account is read again", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "nightly-job-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const STORE = join(folder, "people.db");
  const mock = createRolloutMock({ collections: { people: PEOPLE } });
  const prepared = openStore(STORE);
  for (const { id, userId } of ACCOUNTS) {
    mock.credentials.push({ id, userId, appKey: "lofty", createdAt: "2026-11-24T12:00:00Z" });
    prepared.addAccount(id, userId);
  }
  prepared.savePage("cred_0", "the night before", { people: [{ id: "removed", name: "Removed" }], next: null });
  prepared.close();
  mock.failNext({ on: "GET /people", fault: "status", status: 429, headers: { "Retry-After": "0" } });

  // The job is a process of its own, so the mock is behind a server.
  const pages = new Map<string, string[]>();
  let kill = (): void => {};
  const server = createServer(async ({ method = "GET", url = "", headers }, response) => {
    const sent = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
    const reply = await mock.options.fetch(new URL(url, mock.options.baseUrl), { method, headers: sent });
    const credentialId = String(headers["x-rollout-credential-id"]);
    if (reply.ok) pages.set(credentialId, [...(pages.get(credentialId) ?? []), url]);
    if (mock.requests.length === KILLED_AT) kill();
    response.writeHead(reply.status, Object.fromEntries(reply.headers)).end(await reply.text());
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  context.after(() => server.close());
  const address = server.address();
  const env = {
    ...process.env,
    ...{ ROLLOUT_CLIENT_ID: "made up", ROLLOUT_CLIENT_SECRET: "made up", STORE },
    CRM_URL: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/api`,
  };
  const start = () => {
    const program = fileURLToPath(new URL("nightly-job.js", import.meta.url));
    const child = spawn(process.execPath, [program, "2026-11-28"], { env, stdio: "inherit" });
    context.after(() => child.kill("SIGKILL"));
    return child;
  };

  const first = start();
  kill = () => void first.kill("SIGKILL");
  assert.deepEqual(await once(first, "close"), [null, "SIGKILL"]);
  assert.deepEqual(await once(start(), "close"), [0, null]);

  const stored = openStore(STORE);
  context.after(() => stored.close());
  const expected = ACCOUNTS.flatMap(({ id: credential_id }) => PEOPLE.map((person) => ({ credential_id, ...person })));
  const inOrder = (rows: Record<string, unknown>[]) => rows.map((row) => JSON.stringify(row)).sort();
  assert.deepEqual(inOrder(stored.people()), inOrder(expected));
  for (const { id } of ACCOUNTS) {
    const read = pages.get(id) ?? [];
    assert.equal(new Set(read).size, PAGES);
    assert.ok(read.length <= PAGES + 1, `${id} was read from the start: ${read.join(" ")}`);
  }
});
