import { createTokenSigner } from "rollout-client";
import { createTestDelivery } from "rollout-client/testing";
import { expect, test } from "vitest";
import { deferred } from "../support/deferred.ts";
import { clientId, clientSecret } from "./application.ts";
import { connect, gate, heading, openAccount, openApplication } from "./setup.ts";

const publicUrl = "https://app.example";

test("reads the people of a new account, and keeps them with webhooks until it is disconnected", async () => {
  const { page, url, mock, sent } = await openApplication({ publicUrl });
  await connect(page, "Follow Up Boss");
  await page.getByRole("link", { name: "Choose what syncs" }).click();
  await page.getByRole("listitem").getByText("Ben Brown").waitFor();

  const [{ id = "", userId = "" } = {}] = mock.credentials;
  const path = `/webhooks/rollout/${id}`;
  // The first one was sent twice: the data was not ready.
  const events = ["peopleCreated", "peopleCreated", "peopleUpdated", "peopleDeleted"];
  expect(sent("POST", "/webhooks")).toMatchObject(events.map((event) => ({ event, url: `${publicUrl}${path}` })));

  /** Delivers an event; resolves to the status of the response. */
  async function deliver(event: string, resourceIds: string[], forged = false): Promise<number> {
    const payload = { eventId: `${event} ${resourceIds}`, event, resourceIds };
    return (await fetch(await createTestDelivery(payload, { clientSecret, url: `${url}${path}`, forged }))).status;
  }
  /** What the owner of the account does in the app itself. */
  async function ask(method: string, path: string, body?: object) {
    const token = await createTokenSigner({ clientId, clientSecret }).sign(userId);
    const headers = { Authorization: `Bearer ${token}`, "X-Rollout-Credential-Id": id };
    const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    return (await mock.options.fetch(`${mock.options.baseUrl}${path}`, init)).json();
  }
  const reads = (): number => mock.requests.filter(({ query }) => query.has("ids")).length;
  await ask("PUT", "/people/person_1", { name: "Ana Chen" });
  expect(await deliver("peopleUpdated", ["person_1"], true)).toBe(401);
  expect(await deliver("peopleUpdated", ["person_1"])).toBe(204);
  await expect.poll(reads).toBe(1);
  expect(await deliver("peopleDeleted", ["person_2"])).toBe(204);
  const shown = async () => {
    await page.reload();
    return page.locator(".people li").allTextContents();
  };
  await expect.poll(shown).toEqual(["Ana Chen"]);
  // Delivered again: it was handled.
  expect(await deliver("peopleUpdated", ["person_1"])).toBe(204);
  expect(reads()).toBe(1);

  // Somebody else's subscription stays.
  await ask("POST", "/webhooks", { event: "peopleCreated", url: "https://other.example/" });
  await page.getByText("Disconnect this account").click();
  await page.getByRole("button", { name: "Disconnect" }).click();
  await heading(page, "Your accounts");
  const changes = mock.requests.filter(({ method }) => method === "DELETE").map(({ path }) => path.split("/")[1]);
  expect(changes).toEqual(["webhooks", "webhooks", "webhooks", "credentials"]);
});

test("an account whose subscriptions cannot be removed is disconnected all the same", async () => {
  const { page, url, mock, log } = await openApplication({ publicUrl });
  await connect(page, "Follow Up Boss");
  await heading(page, "Follow Up Boss is connected");
  await openAccount(page, url);
  await page.getByText("Disconnect this account").click();
  mock.failNext({ on: "GET /webhooks", fault: "status", status: 403 });
  await page.getByRole("button", { name: "Disconnect" }).click();
  await heading(page, "Your accounts");
  expect(mock.credentials).toEqual([]);
  expect(log().failures).toContain("forbidden");
});

test("a read of people that a restart interrupts goes on from the page where it was", async () => {
  const people = Array.from({ length: 250 }, (_, index) => ({ id: `person_${index}`, name: `Name ${index}` }));
  const cursors: (string | null)[] = [];
  const atSecondPage = deferred();
  let isInterrupted = false;
  const { page, url, restart } = await openApplication({
    people,
    async beforeRequest(method, { pathname, searchParams }, mock) {
      if (method !== "GET" || pathname !== "/api/people") return;
      cursors.push(searchParams.get("next"));
      if (isInterrupted || !searchParams.has("next")) return;
      isInterrupted = true;
      mock.failNext({ on: "GET /people", fault: "hang" });
      atSecondPage.resolve();
    },
  });
  await connect(page, "Follow Up Boss");
  await atSecondPage.promise;
  await restart();
  await openAccount(page, url);
  const badges = async () => {
    await page.reload();
    return page.locator(".badge").allTextContents();
  };
  await expect.poll(badges).toEqual(["250"]);
  const second = cursors.find((cursor) => cursor !== null) ?? null;
  expect(cursors.slice(cursors.indexOf(second))).toEqual([second, second, expect.any(String)]);
});

test("an event that arrives while all people are read is handled after them: an older page cannot overwrite it", async () => {
  const reading = gate();
  const reads: string[] = [];
  const { page, url, mock } = await openApplication({
    publicUrl,
    async beforeRequest(method, { pathname, searchParams }) {
      if (method !== "GET" || pathname !== "/api/people") return;
      if (!searchParams.has("ids")) await reading.pass();
      reads.push(searchParams.get("ids") ?? "all");
    },
  });
  await connect(page, "Follow Up Boss");
  await reading.reached;
  const [{ id = "" } = {}] = mock.credentials;
  for (const person of ["person_1", "person_2"]) {
    const payload = { eventId: person, event: "peopleUpdated", resourceIds: [person] };
    const target = { clientSecret, url: `${url}/webhooks/rollout/${id}` };
    expect((await fetch(await createTestDelivery(payload, target))).status).toBe(204);
  }
  await openAccount(page, url);
  reading.open();
  await expect.poll(() => reads).toHaveLength(3);
  expect(reads).toEqual(["all", "person_1", "person_2"]);
});
