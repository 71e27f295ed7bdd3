import type { WebhookEvent } from "rollout-client";
import { createTestDelivery } from "rollout-client/testing";
import { expect, test } from "vitest";
import { clientSecret } from "./application.ts";
import { connect, openApplication } from "./setup.ts";

test("reads the people of a new account, and keeps them with webhooks", async () => {
  const publicUrl = "https://app.example";
  const { page, url, mock } = await openApplication({ publicUrl });
  await connect(page, "Follow Up Boss");
  await page.getByRole("link", { name: "Choose what syncs" }).click();
  await page.getByRole("listitem").getByText("Ben Brown").waitFor();

  const [{ id = "" } = {}] = mock.credentials;
  const path = `/webhooks/rollout/${id}`;
  const subscriptions = mock.requests.filter(({ method, path }) => `${method} ${path}` === "POST /webhooks");
  // The first one was sent twice: the data was not ready.
  expect(subscriptions.map(({ body }) => body)).toMatchObject(
    ["peopleCreated", "peopleCreated", "peopleUpdated", "peopleDeleted"].map((event) => ({
      event,
      url: `${publicUrl}${path}`,
    })),
  );

  /** Delivers an event; resolves to the status of the response. */
  async function deliver(event: string, resourceIds: string[], forged = false): Promise<number> {
    const eventId = `${event} ${resourceIds}`;
    const payload: WebhookEvent = { eventId, eventCreated: new Date(0).toISOString(), event, resourceIds, uri: "" };
    return (await fetch(await createTestDelivery(payload, { clientSecret, url: `${url}${path}`, forged }))).status;
  }
  const reads = (): number => mock.requests.filter(({ query }) => query.has("ids")).length;
  const headers = { Authorization: `Bearer ${await tokenOf(page)}`, "X-Rollout-Credential-Id": id };
  const rename = { method: "PUT", headers, body: JSON.stringify({ name: "Ana Chen" }) };
  await mock.options.fetch(`${mock.options.baseUrl}/people/person_1`, rename);
  expect(await deliver("peopleUpdated", ["person_1"], true)).toBe(401);
  expect(await deliver("peopleUpdated", ["person_1"])).toBe(204);
  await expect.poll(reads).toBe(1);
  expect(await deliver("peopleDeleted", ["person_2"])).toBe(204);
  await expect
    .poll(async () => {
      await page.reload();
      return page.locator(".people li").allTextContents();
    })
    .toEqual(["Ana Chen"]);
  // Delivered again: it was handled.
  expect(await deliver("peopleUpdated", ["person_1"])).toBe(204);
  expect(reads()).toBe(1);
});

/** A token of the page's user. */
async function tokenOf(page: { evaluate(code: string): Promise<unknown> }): Promise<string> {
  return String(await page.evaluate(`fetch("/rollout-token").then(async (response) => (await response.json()).token)`));
}
