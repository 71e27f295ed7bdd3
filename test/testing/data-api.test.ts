import { createRolloutApi, paginateItems, unwrap } from "rollout-client";
import { createRolloutMock, createTestToken, type RolloutMockOptions } from "rollout-client/testing";
import { expect, test } from "vitest";

interface Person {
  id: string;
  name: string;
}
interface Webhook {
  url: string;
  event: string;
  filters?: Record<string, { equals: string }>;
}
interface Metadata {
  collection: string;
  offset: number;
  limit: number;
  total: number;
  next: string | null;
  nextLink: string | null;
}
type Json<Status extends number, Body> = { [Key in Status]: { content: { "application/json": Body } } };
type Failures = Json<400 | 401 | 403 | 404 | 409 | 500, { errorMessage: string }>;
interface ById {
  path: { id: string };
}

interface paths {
  "/people": {
    get: {
      parameters: { query?: { limit?: number; next?: string; offset?: number; ids?: string } };
      responses: Json<200, { _metadata: Metadata; people: Person[] }> & Failures;
    };
    post: {
      requestBody: { content: { "application/json": { name: string } } };
      responses: Json<201, Person> & Failures;
    };
  };
  "/people/{id}": {
    get: { parameters: ById; responses: Json<200, Person> & Failures };
    put: {
      parameters: ById;
      requestBody: { content: { "application/json": Partial<Person> } };
      responses: Json<200, Person> & Failures;
    };
    delete: { parameters: ById; responses: { 200: { content?: never } } & Failures };
  };
  "/webhooks": {
    get: { responses: Json<200, { _metadata: Metadata; webhooks: (Webhook & { id: string })[] }> & Failures };
    post: {
      requestBody: { content: { "application/json": Webhook } };
      responses: Json<201, Webhook & { id: string; status: string }> & Failures;
    };
  };
  "/webhooks/{id}": {
    put: {
      parameters: ById;
      requestBody: { content: { "application/json": Partial<Webhook> } };
      responses: Json<200, Webhook & { id: string; status: string }> & Failures;
    };
    delete: { parameters: ById; responses: { 200: { content?: never } } & Failures };
  };
}

const PEOPLE: readonly Person[] = Array.from({ length: 25 }, (_, index) => ({
  id: `p${index}`,
  name: `Person ${index}`,
}));

/** A mock in which user_1 has the credential cred_1 and user_2 cred_2, and an api of user_1 for its data. */
function startData({ credentialId = "cred_1", ...options }: RolloutMockOptions & { credentialId?: string } = {}) {
  const mock = createRolloutMock({ collections: { people: PEOPLE }, ...options });
  for (const number of [1, 2]) {
    const createdAt = "2026-01-01T00:00:00.000Z";
    mock.credentials.push({ id: `cred_${number}`, appKey: "lofty", userId: `user_${number}`, createdAt });
  }
  const apiOf = (userId: string, id = credentialId, more: object = {}) =>
    createRolloutApi<paths>({
      token: createTestToken(userId),
      ...mock.options,
      credentialId: id,
      retry: false,
      ...more,
    });
  return { mock, apiOf, api: apiOf("user_1") };
}

const person = (id: string) => ({ params: { path: { id } } });

test("a list comes in pages: by cursor, by offset, and to its end", async () => {
  const { api, mock } = startData();
  const first = unwrap(await api.GET("/people"));
  const link = `${mock.options.baseUrl}/people?limit=10&next=${first._metadata.next}`;
  const metadata = { collection: "people", offset: 0, limit: 10, total: 25, next: expect.any(String), nextLink: link };
  expect(first).toEqual({ _metadata: metadata, people: PEOPLE.slice(0, 10) });
  const next = first._metadata.next ?? "";
  const second = unwrap(await api.GET("/people", { params: { query: { next, limit: 4 } } }));
  expect(second).toMatchObject({ _metadata: { offset: 10, limit: 4 }, people: PEOPLE.slice(10, 14) });
  const last = unwrap(await api.GET("/people", { params: { query: { offset: 20, limit: 5 } } }));
  expect(last.people).toEqual(PEOPLE.slice(20));
  expect(last._metadata).toMatchObject({ offset: 20, limit: 5, total: 25, next: null, nextLink: null });
});

test("paginateItems reads a collection whose name is not in lower case, also by nextLink alone", async () => {
  interface MessagePaths {
    "/textMessages": { get: { responses: Json<200, { textmessages: { id: string }[] }> } };
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
  const { api } = startData();
  const first = unwrap(await api.GET("/people", { params: { query: { limit: 10 } } }));
  await api.DELETE("/people/{id}", person("p3"));
  await api.DELETE("/people/{id}", person("p9"));
  const added = unwrap(await api.POST("/people", { body: { name: "Late" } }));
  const query = { next: first._metadata.next ?? "", limit: 100 };
  expect(unwrap(await api.GET("/people", { params: { query } })).people).toEqual([...PEOPLE.slice(10), added]);
});

test("ids limits a list to those records that exist", async () => {
  const { api } = startData();
  const page = unwrap(await api.GET("/people", { params: { query: { ids: "p3,p1,p99", limit: 1 } } }));
  expect(page).toMatchObject({ _metadata: { total: 2 }, people: [PEOPLE[1]] });
  const link = new URL(page._metadata.nextLink ?? "").searchParams;
  const query = { next: link.get("next") ?? "", ids: link.get("ids") ?? "" };
  expect(unwrap(await api.GET("/people", { params: { query } })).people).toEqual([PEOPLE[3]]);
});

test("records are created, read, updated and deleted, and the array that was given stays as it is", async () => {
  const given = PEOPLE.slice(0, 2);
  const { api } = startData({ collections: { people: given } });
  const created = unwrap(await api.POST("/people", { body: { name: "Ada" } }));
  expect(created).toEqual({ id: expect.any(String), name: "Ada" });
  expect(unwrap(await api.GET("/people/{id}", person(created.id)))).toEqual(created);
  const updated = unwrap(await api.PUT("/people/{id}", { ...person("p0"), body: { id: "other", name: "Grace" } }));
  expect(updated).toEqual({ id: "p0", name: "Grace" });
  expect(unwrap(await api.DELETE("/people/{id}", person("p1")))).toBeUndefined();
  expect(unwrap(await api.GET("/people")).people).toEqual([updated, created]);
  expect(given).toEqual(PEOPLE.slice(0, 2));
});

test("records without an id get one that no other has", async () => {
  const { api } = startData({ collections: { people: [{ name: "a" }, { id: "people_3", name: "b" }, { name: "c" }] } });
  await api.POST("/people", { body: { name: "d" } });
  const ids = unwrap(await api.GET("/people")).people.map(({ id }) => id);
  expect(ids).toHaveLength(4);
  expect(new Set(ids).size).toBe(4);
});

test("a new record gets an id of its own, whatever the body says", async () => {
  const { api } = startData();
  const created = unwrap(await api.POST("/people", { body: Object({ id: "p0", name: "Ada" }) }));
  expect(created).toEqual({ id: expect.not.stringMatching(/^p0$/), name: "Ada" });
  expect(unwrap(await api.GET("/people/{id}", person("p0")))).toEqual(PEOPLE[0]);
});

test("a number as id is found by its path, and stays a number", async () => {
  const { api } = startData({ collections: { people: [{ id: 7, name: "Ada" }] } });
  expect(unwrap(await api.PUT("/people/{id}", { ...person("7"), body: { name: "Grace" } }))).toEqual({
    id: 7,
    name: "Grace",
  });
});

test("each connected account has records of its own", async () => {
  const { api, apiOf } = startData();
  await api.DELETE("/people/{id}", person("p0"));
  const other = apiOf("user_2", "cred_2");
  expect(unwrap(await other.GET("/people/{id}", person("p0")))).toEqual(PEOPLE[0]);
  expect((await api.GET("/people/{id}", person("p0"))).response.status).toBe(404);
});

test.each<[string, string, string]>([
  ["none", "user_1", ""],
  ["one that does not exist", "user_1", "cred_9"],
  ["that of another user", "user_1", "cred_2"],
])("data needs the id of a credential of the token's user: %s is a 403", async (_case, userId, credentialId) => {
  const { apiOf } = startData();
  const api = apiOf(userId, "cred_1", { headers: { "X-Rollout-Credential-Id": credentialId || null } });
  for (const call of [api.GET("/people"), api.POST("/people", { body: { name: "Ada" } }), api.GET("/webhooks")]) {
    const { response, error } = await call;
    expect([response.status, error]).toEqual([403, { errorMessage: expect.any(String) }]);
  }
});

test("a disconnected account has no data", async () => {
  const { api, mock } = startData();
  mock.credentials.splice(0, 1);
  expect((await api.GET("/people")).response.status).toBe(403);
});

test.each<
  [string, (api: ReturnType<typeof startData>["api"]) => Promise<{ response: Response; error?: unknown }>, number]
>([
  ["a record that does not exist", (api) => api.GET("/people/{id}", person("p99")), 404],
  ["a change of one", (api) => api.PUT("/people/{id}", { ...person("p99"), body: {} }), 404],
  ["a deletion of one", (api) => api.DELETE("/people/{id}", person("p99")), 404],
  ["a body that is no object", (api) => api.request("post", "/people", { body: Object(["Ada"]) }), 400],
  ["a limit of 0", (api) => api.GET("/people", { params: { query: { limit: 0 } } }), 400],
  ["a limit that is no number", (api) => api.GET("/people", { params: { query: Object({ limit: "all" }) } }), 400],
  ["a negative offset", (api) => api.GET("/people", { params: { query: { offset: -1 } } }), 400],
  ["a cursor that no page has named", (api) => api.GET("/people", { params: { query: { next: "page-2" } } }), 400],
  ["a webhook without an event", (api) => api.POST("/webhooks", { body: Object({ url: "https://a.test" }) }), 400],
  ["a change of a webhook that is gone", (api) => api.PUT("/webhooks/{id}", { ...person("w"), body: {} }), 404],
])("%s is refused in the manner of these APIs", async (_case, call, status) => {
  const { response, error } = await call(startData().api);
  expect([response.status, error]).toEqual([status, { errorMessage: expect.any(String) }]);
});

test("the first requests of each credential get a 409, whatever they are, and change nothing", async () => {
  const { mock, api, apiOf } = startData({ readyAfter: 3 });
  const calls = [api.POST("/people", { body: { name: "a" } }), api.GET("/people/{id}", person("p0"))];
  for (const call of calls) {
    const { response, error } = await call;
    expect([response.status, error]).toEqual([409, { errorMessage: expect.stringContaining("not ready yet") }]);
  }
  expect(
    (await api.POST("/webhooks", { body: { url: "https://a.test", event: "peopleCreated" } })).response.status,
  ).toBe(409);
  expect(unwrap(await api.GET("/people"))._metadata.total).toBe(25);
  expect((await apiOf("user_2", "cred_2").GET("/people")).response.status).toBe(409);
  expect(mock.requests).toHaveLength(5);
});

test("subscriptions can be listed before the data is ready: the documents declare no 409 for it", async () => {
  const { api } = startData({ readyAfter: 1 });
  expect((await api.GET("/webhooks")).response.status).toBe(200);
  expect((await api.GET("/people")).response.status).toBe(409);
});

test("waitUntilReady waits for a new credential", async () => {
  const { mock, apiOf } = startData({ readyAfter: 1 });
  const api = apiOf("user_1", "cred_1", { waitUntilReady: 60_000 });
  expect(unwrap(await api.GET("/people/{id}", person("p0")))).toEqual(PEOPLE[0]);
  expect(mock.requests).toHaveLength(2);
});

test("webhook subscriptions are created, listed, changed and removed, for one credential", async () => {
  const { api, apiOf } = startData();
  const body = { url: "https://app.test/hooks", event: "peopleCreated" };
  const filters = { stage: { equals: "Lead" } };
  const created = unwrap(await api.POST("/webhooks", { body }));
  expect(created).toEqual({ id: expect.any(String), status: "Active", filters: {}, ...body });
  expect(unwrap(await api.POST("/webhooks", { body: { ...body, filters } })).filters).toEqual(filters);
  const { webhooks, _metadata } = unwrap(await api.GET("/webhooks"));
  expect([webhooks.length, webhooks[0], _metadata.collection]).toEqual([2, created, "webhooks"]);
  expect(unwrap(await apiOf("user_2", "cred_2").GET("/webhooks")).webhooks).toEqual([]);
  const url = "https://app.test/other";
  const updated = unwrap(await api.PUT("/webhooks/{id}", { ...person(created.id), body: { url } }));
  expect(updated).toEqual({ ...created, url });
  await api.DELETE("/webhooks/{id}", person(created.id));
  expect(unwrap(await api.GET("/webhooks")).webhooks.map(({ id }) => id)).not.toContain(created.id);
});

test("failNext takes the operations of the collections, and its own errors are in their shape", async () => {
  const { mock, api } = startData();
  mock.failNext({ on: "GET /people/{id}", fault: "status", status: 500 });
  mock.failNext({ on: "POST /webhooks", fault: "status", status: 409 });
  expect((await api.GET("/people")).response.status).toBe(200);
  const { response, error } = await api.GET("/people/{id}", person("p1"));
  expect([response.status, error]).toEqual([500, { errorMessage: expect.any(String) }]);
  expect((await api.POST("/webhooks", { body: { url: "https://a.test", event: "e" } })).response.status).toBe(409);
  for (const on of ["GET /peoples", "PATCH /people", "GET /webhooks/{id}"]) {
    expect(() => mock.failNext({ on, fault: "reset" })).toThrow(TypeError);
  }
});

test("a token that is not valid is a 401 in the shape of these APIs", async () => {
  const { apiOf } = startData();
  const { response, error } = await apiOf("user_1", "cred_1", { token: "none" }).GET("/people");
  expect([response.status, error]).toEqual([401, { errorMessage: expect.any(String) }]);
});

test.each<[string, object]>([
  ["an option that does not exist", { baseURL: "https://a.test" }],
  ["a collection whose path is taken", { collections: { credentials: [] } }],
  ["another one", { collections: { webhooks: [] } }],
  ["a name that is no segment of a path", { collections: { "people/notes": [] } }],
  ["records that are no array", { collections: { people: { id: "p1" } } }],
  ["records that are no objects", { collections: { people: ["Ada"] } }],
  ["a negative readyAfter", { readyAfter: -1 }],
  ["half a readyAfter", { readyAfter: 0.5 }],
])("createRolloutMock refuses %s", (_case, options) => {
  expect(() => Reflect.apply(createRolloutMock, undefined, [options])).toThrow(TypeError);
});
