import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createRolloutMock, createTestDelivery, createTestToken } from "rollout-client/testing";
import { expect, test } from "vitest";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { buildProgram, serveMock } from "./parts.ts";
import { openStore } from "./sync.ts";

const CLIENT_SECRET = "made-up-client-secret";
const PEOPLE = Array.from({ length: 450 }, (_, index) => ({ id: `person_${index + 1}`, name: `Name ${index + 1}` }));

/** A connected account with 450 people, and a process that keeps a store in sync with it. */
async function startSource() {
  const mock = createRolloutMock({ collections: { people: PEOPLE } });
  mock.credentials.push({ id: "cred_1", appKey: "liondesk", userId: "user_1", createdAt: "2026-11-24T12:00:00Z" });
  /** What the owner of the account does in the app itself. */
  const ask = async (method: string, path: string, body?: object) => {
    const headers = { Authorization: `Bearer ${createTestToken("user_1")}`, "X-Rollout-Credential-Id": "cred_1" };
    const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    const response = await mock.options.fetch(`${mock.options.baseUrl}${path}`, init);
    expect(response.ok).toBe(true);
    return response;
  };
  /** What is done while the process waits for a page, by the number of that page. */
  const duringPage = new Map<number, () => Promise<void>>();
  /** The cursors of the pages that were requested. */
  const cursors: (string | null)[] = [];
  const url = await serveMock(mock, async (request) => {
    const { pathname, searchParams } = new URL(request.url, mock.options.baseUrl);
    if (request.method !== "GET" || pathname !== "/api/people") return;
    cursors.push(searchParams.get("next"));
    await duringPage.get(cursors.length)?.();
  });
  const startSync = await buildProgram("sync-process");
  const STORE = join(temporaryFolder(), "store.db");
  const env = {
    ROLLOUT_CLIENT_ID: "made-up-client-id",
    ROLLOUT_CLIENT_SECRET: CLIENT_SECRET,
    CRM_URL: url,
    USER_ID: "user_1",
    CREDENTIAL_ID: "cred_1",
    STORE,
    PUBLIC_URL: "https://app.example",
    PORT: "0",
  };

  return {
    mock,
    create: async (name: string): Promise<string> => (await (await ask("POST", "/people", { name })).json()).id,
    update: (id: string, name: string) => ask("PUT", `/people/${id}`, { name }),
    remove: (id: string) => ask("DELETE", `/people/${id}`),
    people: async () => (await (await ask("GET", "/people?limit=1000")).json()).people.sort(byId),
    subscriptions: async () => (await (await ask("GET", "/webhooks?limit=1000")).json()).webhooks,
    duringPage,
    cursors,
    /** What a process that is killed while it writes leaves. */
    leaveLock: () => mkdirSync(`${STORE}.lock`),
    /** Starts the process, which prints its port. */
    async start() {
      const program = startSync([], env);
      const [port] = await program.printed(/^\d+$/m);
      /** Delivers an event as Rollout does; resolves to the status of the response. */
      const deliver = async (event: string, resourceIds: string[], forged = false): Promise<number> => {
        const options = { clientSecret: CLIENT_SECRET, url: `http://127.0.0.1:${port}/webhooks/rollout`, forged };
        return (await fetch(await createTestDelivery({ event, resourceIds }, options))).status;
      };
      return { ...program, deliver };
    },
    /** What a process that has ended left in its store. */
    stored() {
      const store = openStore(STORE);
      const people = store.all("SELECT id, name FROM people");
      const changed = store.all("SELECT id FROM changed_people");
      store.close();
      return { people: people.sort(byId), changed };
    },
  };
}

function byId(one: { id?: unknown }, other: { id?: unknown }): number {
  return String(one.id).localeCompare(String(other.id));
}

test("the store equals the source, although the process is killed among the pages and people change meanwhile", async () => {
  const source = await startSource();
  const { create, update, remove, duringPage, cursors, start } = source;
  const first = await start();
  const statuses: number[] = [];
  duringPage.set(3, async () => {
    await update("person_10", "on a page already read");
    await update("person_440", "on a page not yet read");
    await remove("person_20");
    await remove("person_430");
    const id = await create("new");
    // In another order than they happened, one of them twice, one of two people, and one by somebody else.
    statuses.push(await first.deliver("peopleDeleted", ["person_430"]));
    statuses.push(await first.deliver("peopleUpdated", ["person_440", "person_10"]));
    statuses.push(await first.deliver("peopleDeleted", ["person_20"]));
    statuses.push(await first.deliver("peopleCreated", [id]));
    statuses.push(await first.deliver("peopleCreated", [id]));
    statuses.push(await first.deliver("peopleDeleted", ["person_1"], true));
    await first.end("SIGKILL");
  });
  expect(await first.ended).toMatchObject({ signal: "SIGKILL" });
  expect(statuses).toEqual([204, 204, 204, 204, 204, 401]);

  // Nobody is there for the events of these. Rollout delivers them again until somebody is.
  await update("person_30", "while there was no process");
  await remove("person_31");

  source.leaveLock();
  const second = await start();
  const ending = new Promise<unknown>((resolve) => {
    duringPage.set(5, async () => {
      await second.deliver("peopleUpdated", ["person_30"]);
      await second.deliver("peopleDeleted", ["person_31"]);
      // It finishes what it has begun.
      resolve(second.end());
    });
  });
  expect(await ending).toMatchObject({ code: 0 });

  expect(source.stored()).toEqual({ people: await source.people(), changed: [] });
  // The third page, whose response the first process did not live to see, is the first that the second asks for.
  expect(cursors).toEqual([null, cursors[1], cursors[2], cursors[2], cursors[4], cursors[5]]);
  expect(new Set(cursors).size).toBe(5);
  expect(await source.subscriptions()).toHaveLength(3);
});

test("a step that fails ends the process; the next run finds what no event told: a deletion, a change and a new person", async () => {
  const { mock, create, update, remove, start, people, stored } = await startSource();
  expect(await (await start()).end()).toMatchObject({ code: 0 });
  await remove("person_50");
  await update("person_51", "changed");
  await create("new");
  mock.failNext({ on: "GET /people", fault: "status", status: 403 });
  expect(await (await start()).ended).toMatchObject({ code: 1 });
  expect(await (await start()).end()).toMatchObject({ code: 0 });
  expect(stored()).toEqual({ people: await people(), changed: [] });
});
