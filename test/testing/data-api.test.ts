import { createRolloutApi, paginateItems } from "rollout-client";
import { createTestToken, type RolloutMockOptions } from "rollout-client/testing";
import { expect, test } from "vitest";
import { startMock } from "./setup.ts";

const PEOPLE = Array.from({ length: 25 }, (_, index) => ({ id: `p${index}`, name: `Person ${index}` }));
const ADA = { name: "Ada" };
const HOOK = { url: "https://app.test/hooks", event: "peopleCreated" };

/** A mock in which user_1 has the credential cred_1 and user_2 cred_2, and a `send` of user_1 for its data. */
function startData(options: RolloutMockOptions = {}) {
  const { mock, send } = startMock({ collections: { people: PEOPLE }, ...options });
  for (const number of [1, 2]) {
    const createdAt = "2026-01-01T00:00:00.000Z";
    mock.credentials.push({ id: `cred_${number}`, appKey: "lofty", userId: `user_${number}`, createdAt });
  }
  const sendAs = async (user: string, credentialId: string | undefined, operation: string, body?: unknown) => {
    const account = credentialId === undefined ? {} : { "X-Rollout-Credential-Id": credentialId };
    const response = await send(operation, body, { Authorization: `Bearer ${createTestToken(user)}`, ...account });
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
  };
  return { mock, sendAs, send: (operation: string, body?: unknown) => sendAs("user_1", "cred_1", operation, body) };
}

test("a list comes in pages: by cursor, by offset, and to its end", async () => {
  const { send, mock } = startData();
  const { body: first } = await send("GET /people");
  const { next } = first._metadata;
  const nextLink = `${mock.options.baseUrl}/people?limit=10&next=${next}`;
  const metadata = { collection: "people", offset: 0, limit: 10, total: 25, next: expect.any(String), nextLink };
  expect(first).toEqual({ _metadata: metadata, people: PEOPLE.slice(0, 10) });
  const { body: second } = await send(`GET /people?next=${next}&limit=4`);
  expect(second).toMatchObject({ _metadata: { offset: 10, limit: 4 }, people: PEOPLE.slice(10, 14) });
  const { body: last } = await send("GET /people?offset=20&limit=5");
  expect(last.people).toEqual(PEOPLE.slice(20));
  expect(last._metadata).toMatchObject({ offset: 20, limit: 5, total: 25, next: null, nextLink: null });
});

test("paginateItems reads a collection whose name is not in lower case, also by nextLink alone", async () => {
  interface MessagePaths {
    "/textMessages": {
      get: { responses: { 200: { content: { "application/json": { textmessages: { id: string }[] } } } } };
    };
  }
  const textMessages = ["a", "b", "c"].map((id) => ({ id }));
  const { mock } = startData({ collections: { textMessages } });
  for (const leaveOut of ["nextLink", "next"]) {
    const fetch = async (url: string, init: RequestInit) => {
      const page = await (await mock.options.fetch(url, init)).json();
      expect([page._metadata.collection, Object.keys(page)]).toEqual(["textmessages", ["_metadata", "textmessages"]]);
      return Response.json({ ...page, _metadata: { ...page._metadata, [leaveOut]: undefined } });
    };
    const options = { token: createTestToken("user_1"), ...mock.options, fetch, credentialId: "cred_1" };
    const api = createRolloutApi<MessagePaths>(options);
    const found = [];
    for await (const { id } of paginateItems(api, "/textMessages", { params: { query: { limit: 2 } } })) found.push(id);
    expect(found).toEqual(["a", "b", "c"]);
  }
});

test("a cursor misses nothing when records are deleted and added between two pages", async () => {
  const { send } = startData();
  const { body: first } = await send("GET /people?limit=10");
  for (const id of ["p3", "p9"]) await send(`DELETE /people/${id}`);
  const { body: added } = await send("POST /people", ADA);
  const { body: rest } = await send(`GET /people?limit=100&next=${first._metadata.next}`);
  expect(rest.people).toEqual([...PEOPLE.slice(10), added]);
});

test("ids limits a list to those records that exist", async () => {
  const { send } = startData();
  const { body: page } = await send("GET /people?ids=p3,p1,p99&limit=1");
  expect(page).toMatchObject({ _metadata: { total: 2 }, people: [PEOPLE[1]] });
  const { search } = new URL(page._metadata.nextLink);
  expect((await send(`GET /people${search}`)).body.people).toEqual([PEOPLE[3]]);
});

test("records are created, read, updated and deleted, and the array that was given stays as it is", async () => {
  const given = PEOPLE.slice(0, 2);
  const { send } = startData({ collections: { people: given } });
  const { body: created } = await send("POST /people", { id: "p0", ...ADA });
  expect(created).toEqual({ id: expect.not.stringMatching(/^p[01]$/), ...ADA });
  expect((await send(`GET /people/${created.id}`)).body).toEqual(created);
  const { body: updated } = await send("PUT /people/p0", { id: "other", name: "Grace" });
  expect(updated).toEqual({ id: "p0", name: "Grace" });
  expect(await send("DELETE /people/p1")).toEqual({ status: 200, body: undefined });
  expect((await send("GET /people")).body.people).toEqual([updated, created]);
  expect(given).toEqual(PEOPLE.slice(0, 2));
});

test("records without an id get one that no other has; a number as id stays a number", async () => {
  const people = [{ name: "a" }, { id: "people_4", name: "b" }, { id: 7, name: "c" }];
  const { send } = startData({ collections: { people } });
  await send("POST /people", { name: "d" });
  const ids = (await send("GET /people")).body.people.map(({ id }: { id: unknown }) => id);
  expect(new Set(ids).size).toBe(4);
  expect(people[0]).toEqual({ name: "a" });
  expect((await send("PUT /people/7", ADA)).body).toEqual({ id: 7, ...ADA });
});

test("each connected account has records and subscriptions of its own", async () => {
  const { send, sendAs } = startData();
  await send("DELETE /people/p0");
  await send("POST /webhooks", HOOK);
  expect((await send("GET /people/p0")).status).toBe(404);
  expect((await sendAs("user_2", "cred_2", "GET /people/p0")).body).toEqual(PEOPLE[0]);
  expect((await sendAs("user_2", "cred_2", "GET /webhooks")).body.webhooks).toEqual([]);
});

test.each(["GET /people", "POST /people", "GET /webhooks"])(
  "%s needs the id of a credential of the token's user",
  async (operation) => {
    const { mock, sendAs } = startData();
    const refused = { status: 403, body: { errorMessage: expect.any(String) } };
    const body = operation.startsWith("POST") ? ADA : undefined;
    for (const id of [undefined, "cred_9", "cred_2"]) {
      expect(await sendAs("user_1", id, operation, body)).toEqual(refused);
    }
    mock.credentials.shift();
    expect(await sendAs("user_1", "cred_1", operation, body)).toEqual(refused);
  },
);

test.each<[string, unknown, number]>([
  ["GET /people/p99", undefined, 404],
  ["PUT /people/p99", {}, 404],
  ["DELETE /people/p99", undefined, 404],
  ["POST /people", ["Ada"], 400],
  ["PUT /people/p1", ["Ada"], 400],
  ["GET /people?limit=0", undefined, 400],
  ["GET /people?limit=all", undefined, 400],
  ["GET /people?offset=-1", undefined, 400],
  ["GET /people?next=page-2", undefined, 400],
  ["POST /webhooks", { url: "https://a.test" }, 400],
  ["POST /webhooks", { ...HOOK, name: "unknown" }, 400],
  ["POST /webhooks", { ...HOOK, filters: { stage: {} } }, 400],
  ["PUT /webhooks/w", {}, 404],
])("%s with the body %j is a %i in the manner of these APIs", async (operation, body, status) => {
  expect(await startData().send(operation, body)).toEqual({ status, body: { errorMessage: expect.any(String) } });
});

test("the first requests of each credential get a 409 and change nothing; a list of subscriptions does not", async () => {
  const { mock, send, sendAs } = startData({ readyAfter: 3 });
  expect((await send("GET /webhooks")).status).toBe(200);
  const notReady = { status: 409, body: { errorMessage: expect.any(String) } };
  expect(await send("POST /people", ADA)).toEqual(notReady);
  expect(await send("GET /people/p0")).toEqual(notReady);
  expect(await send("POST /webhooks", HOOK)).toEqual(notReady);
  expect((await send("GET /people")).body._metadata.total).toBe(25);
  expect(await sendAs("user_2", "cred_2", "GET /people")).toEqual(notReady);
  expect(mock.requests).toHaveLength(6);
});

test("webhook subscriptions are created, listed, changed and removed", async () => {
  const { send } = startData();
  const filters = { stage: { equals: "Lead" } };
  const { status, body: created } = await send("POST /webhooks", HOOK);
  expect([status, created]).toEqual([201, { id: expect.any(String), status: "Active", filters: {}, ...HOOK }]);
  expect((await send("POST /webhooks", { ...HOOK, filters })).body.filters).toEqual(filters);
  const { webhooks, _metadata } = (await send("GET /webhooks")).body;
  expect([webhooks.length, webhooks[0], _metadata.collection]).toEqual([2, created, "webhooks"]);
  const url = "https://app.test/other";
  expect((await send(`PUT /webhooks/${created.id}`, { url })).body).toEqual({ ...created, url });
  await send(`DELETE /webhooks/${created.id}`);
  expect((await send("GET /webhooks")).body.webhooks).toEqual([webhooks[1]]);
});

test("failNext takes the operations of the collections, and its own errors are in their shape", async () => {
  const { mock, send } = startData();
  mock.failNext({ on: "GET /people/{id}", fault: "status", status: 500 });
  mock.failNext({ on: "POST /webhooks", fault: "status", status: 409 });
  expect((await send("GET /people")).status).toBe(200);
  expect(await send("GET /people/p1")).toEqual({ status: 500, body: { errorMessage: expect.any(String) } });
  expect((await send("POST /webhooks", HOOK)).status).toBe(409);
});

test("a token that is not valid is a 401 in the shape of these APIs", async () => {
  const { mock } = startData();
  const response = await mock.options.fetch(`${mock.options.baseUrl}/people`);
  expect([response.status, await response.json()]).toEqual([401, { errorMessage: expect.any(String) }]);
});
