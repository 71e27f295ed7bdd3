import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { createRolloutApi, createTokenSigner, unwrap } from "rollout-client";
import { createRolloutMock, createTestDelivery } from "rollout-client/testing";
import { createBackend } from "./backend.js";
import type { paths } from "./crm.js";
import { openStore } from "./store.js";

const clientSecret = "made up";
Object.assign(process.env, { ROLLOUT_CLIENT_ID: "made up", ROLLOUT_CLIENT_SECRET: clientSecret });
const account = { appKey: "follow-up-boss", userInputs: { apiKey: "a key" } };

/** A backend with a mock of Rollout. `restart` ends it, and starts another one with the same store. */
async function startBackend(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "backend-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const mock = createRolloutMock({ clientSecret, collections: { people: [] }, readyAfter: 1 });
  const start = async () => {
    const store = openStore(join(folder, "store.db"));
    const sessions = new Map([["session=1", "user_1"]]);
    const { server, close } = createBackend({ store, publicUrl: "https://app.test", sessions, mock: mock.options });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
    return { url, close };
  };
  let backend = await start();
  context.after(() => backend.close());
  return {
    mock,
    async restart() {
      await backend.close();
      backend = await start();
    },
    async ask(method: string, path: string, body?: unknown, cookie = "session=1") {
      const init = { method, headers: { cookie }, ...(body !== undefined && { body: JSON.stringify(body) }) };
      const response = await fetch(`${backend.url}${path}`, init);
      const reply = await response.text();
      return { status: response.status, body: reply === "" ? undefined : JSON.parse(reply) };
    },
    async deliver(event: { event: string; eventId: string }, credentialId: string, forged = false) {
      const url = `${backend.url}/webhooks/rollout/${credentialId}`;
      return (await fetch(await createTestDelivery(event, { clientSecret, url, forged }))).status;
    },
  };
}

test("an account is connected once, listed, and subscribed once when its data is ready", async (context) => {
  const { mock, ask, restart } = await startBackend(context);
  mock.failNext({ on: "POST /credentials", fault: "reset", acted: true });
  const { status, body } = await ask("POST", "/accounts", account);
  const { id = "" } = mock.credentials[0] ?? {};
  assert.deepEqual({ status, body }, { status: 201, body: { credentialId: id } });
  await restart();
  await restart();
  const listed = [{ userId: "user_1", credentialId: id, appKey: "follow-up-boss", events: [] }];
  assert.deepEqual(await ask("GET", "/accounts"), { status: 200, body: listed });
  const crm = createRolloutApi<paths>({
    token: createTokenSigner().forUser("user_1"),
    ...mock.options,
    credentialId: id,
  });
  const { webhooks } = unwrap(await crm.GET("/webhooks"));
  const url = `https://app.test/webhooks/rollout/${id}`;
  const events = ["peopleCreated", "peopleUpdated", "peopleDeleted"];
  assert.deepEqual(
    webhooks.map(({ url, event }) => ({ url, event })),
    events.map((event) => ({ url, event })),
  );
});

test("an account that asks for a code is connected in a second request", async (context) => {
  const { mock, ask } = await startBackend(context);
  mock.requireOtp("lofty", "123456");
  assert.equal((await ask("POST", "/accounts", { ...account, appKey: "lofty" })).status, 202);
  assert.equal((await ask("POST", "/accounts/code", 111_111)).status, 400);
  assert.equal((await ask("POST", "/accounts/code", 123_456)).status, 201);
  assert.equal(mock.credentials[0]?.appKey, "lofty");
});

test("a refusal comes with its reasons, and nobody else connects accounts", async (context) => {
  const { mock, ask } = await startBackend(context);
  const errors = [{ message: "No such key" }];
  mock.failNext({ on: "POST /credentials", fault: "status", status: 400, body: { errors } });
  assert.deepEqual(await ask("POST", "/accounts", account), { status: 400, body: { errors } });
  assert.equal((await ask("POST", "/accounts", account, "session=2")).status, 401);
  assert.deepEqual(mock.credentials, []);
});

test("each event is kept once, and a forged one is not", async (context) => {
  const { mock, ask, deliver, restart } = await startBackend(context);
  mock.credentials.push({ id: "cred_1", appKey: "lofty", userId: "user_1", createdAt: "2026-11-24T12:00:00Z" });
  const created = { event: "peopleCreated", eventId: "event_1" };
  assert.equal(await deliver(created, "cred_1"), 204);
  await restart();
  assert.equal(await deliver(created, "cred_1"), 204);
  assert.equal(await deliver({ event: "peopleDeleted", eventId: "event_2" }, "cred_1", true), 401);
  const [listed] = (await ask("GET", "/accounts")).body;
  assert.deepEqual(listed.events, ["peopleCreated"]);
});
