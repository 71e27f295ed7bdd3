import { createTestToken } from "rollout-client/testing";
import { expect, test } from "vitest";
import { input, startMock } from "./setup.ts";

test("credentials are created, updated and deleted for the user of the token", async () => {
  const { mock, credentials } = startMock();
  const { id } = Object(await credentials.create({ ...input, entitiesToSync: { tasks: true } }));
  const created = { id, appKey: "follow-up-boss", userId: "user_1", createdAt: expect.stringMatching(/^\d{4}-.*Z$/) };
  expect(mock.credentials).toEqual([{ ...created, entitiesToSync: { tasks: true } }]);
  await credentials.update(id, { entitiesToSync: { notes: true } });
  expect(mock.credentials).toEqual([{ ...created, entitiesToSync: { notes: true } }]);
  await credentials.delete(id);
  expect(mock.credentials).toEqual([]);
});

const createdAt = "2026-01-01T00:00:00.000Z";
const existing = { id: "cred_1", appKey: "lofty", userId: "user_1", createdAt };

test("the list holds the credentials of the token's user, and of one app and with more where the query says so", async () => {
  const { mock, send } = startMock();
  const shown = {
    id: "cred_2",
    appKey: "gmail",
    createdAt,
    label: "Ada's team",
    avatar: "https://example.com/ada.png",
  };
  const more = { profile: { accountName: "Ada", plan: "pro" }, data: { region: "ca" } };
  const other = { ...existing, id: "cred_3", userId: "user_2" };
  mock.credentials.push(existing, { ...shown, ...more, userId: "user_1" }, other);
  const listed = async (query: string) => (await send(`GET /credentials${query}`)).json();
  const { userId: _, ...first } = existing;
  expect(await listed("")).toEqual([first, shown]);
  expect(await listed("?appKey=gmail")).toEqual([shown]);
  const profile = { accountName: expect.any(String) };
  expect(await listed("?includeProfile=true&includeData=true")).toEqual([
    { ...first, profile, data: {} },
    { ...shown, ...more },
  ]);
});

test("a new credential has an id that no credential has", async () => {
  const { mock, send } = startMock();
  mock.credentials.push(existing);
  await send("POST /credentials", input);
  expect(mock.credentials.map(({ id }) => id)).toEqual(["cred_1", "cred_2"]);
});

test.each([
  ["a path that cannot be decoded", "PUT /credentials/%zz"],
  ["a method that the path does not have", "PATCH /credentials"],
  ["a path that is not there", "GET /people"],
])("%s gets a 404: %s", async (_case, operation) => {
  const { send } = startMock();
  const response = await send(operation, operation.startsWith("PUT") ? { entitiesToSync: {} } : undefined);
  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({ errors: [{ message: expect.any(String) }] });
});

test("a user can neither change nor delete the credential of another", async () => {
  const { mock, send } = startMock();
  mock.credentials.push(existing);
  const other = { Authorization: `Bearer ${createTestToken("user_2")}` };
  expect((await send("PUT /credentials/cred_1", { entitiesToSync: {} }, other)).status).toBe(404);
  expect((await send("DELETE /credentials?credentialId=cred_1", undefined, other)).status).toBe(404);
  expect(mock.credentials).toEqual([existing]);
});

test("a URL outside the base URL meets no operation, even without a token", async () => {
  const response = await startMock().mock.options.fetch("https://example.test/api/credentials");
  expect(response.status).toBe(404);
});

test("there are connectors, or those that the option names", async () => {
  const connectors = {
    "my-app": { name: "My App", auth: { type: "apiToken", userInputsSchema: [] }, authByPlan: {}, entities: {} },
  };
  expect(await (await startMock().send("GET /connectors")).json()).toHaveProperty("follow-up-boss.name");
  expect(await (await startMock({ connectors }).send("GET /connectors")).json()).toEqual(connectors);
});

test("finishOauth connects the account for the user and the app of the authorization, once", async () => {
  const { mock, credentials } = startMock();
  const first = await credentials.authorizeUrl({ appKey: "gmail" });
  expect(new URL(first.url).searchParams.get("state")).toBe(first.requestId);
  const second = await credentials.authorizeUrl({ appKey: "hubspot", entitiesToSync: { tasks: true } });
  const connected = mock.finishOauth(second.requestId);
  expect(connected).toMatchObject({ appKey: "hubspot", userId: "user_1", entitiesToSync: { tasks: true } });
  expect(await credentials.list()).toMatchObject([{ id: connected.id, appKey: "hubspot" }]);
  for (const requestId of [second.requestId, "request_9"]) expect(() => mock.finishOauth(requestId)).toThrow(TypeError);
  mock.finishOauth(first.requestId);
  expect(mock.credentials.map(({ appKey }) => appKey)).toEqual(["hubspot", "gmail"]);
});

test("everything received is kept, with its user and its JSON body", async () => {
  const { credentials, mock, send } = startMock();
  await credentials.create(input, { headers: { "X-Test": "1" } });
  await send("DELETE /credentials?credentialId=cred_9", undefined, { Authorization: "Bearer nobody" });
  expect(mock.requests).toMatchObject([
    { method: "POST", path: "/credentials", body: input, userId: "user_1" },
    { method: "DELETE", path: "/credentials", body: undefined, userId: undefined },
  ]);
  expect(mock.requests[0]?.headers.get("x-test")).toBe("1");
  expect(mock.requests[1]?.query.get("credentialId")).toBe("cred_9");
});

test("a body that is not JSON is kept as text, with the media type that fetch would send", async () => {
  const { mock, url } = startMock();
  const body = new FormData();
  body.set("appKey", "lofty");
  await mock.options.fetch(url, { method: "POST", body });
  expect(mock.requests[0]?.body).toContain('name="appKey"');
  expect(mock.requests[0]?.headers.get("content-type")).toMatch(/^multipart\/form-data; boundary=/);
});

test("a Request is taken as well as a URL, and its init wins", async () => {
  const { mock, url } = startMock();
  await mock.options.fetch(new Request(url, { method: "PUT", body: '"first"' }), { method: "POST", body: '"second"' });
  await mock.options.fetch(new URL(url));
  expect(mock.requests).toMatchObject([{ method: "POST", body: "second" }, { method: "GET" }]);
});

test("an aborted call rejects with the reason of its signal, and is not received", async () => {
  const { mock, url } = startMock();
  await expect(mock.options.fetch(url, { signal: AbortSignal.abort("the user left") })).rejects.toBe("the user left");
  expect(mock.requests).toEqual([]);
});
