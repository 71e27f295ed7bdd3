import { createRolloutApi, createRolloutClient, paginateItems, type RolloutApiOptions } from "rollout-client";
import { createRolloutMock, createTestToken } from "rollout-client/testing";
import { expect, test } from "vitest";
import type { paths } from "./crm.js";
import { moveSubscriptions, subscribe } from "./subscriptions.ts";

const HOOK_URL = "https://app.example/webhooks/rollout/account_1";
const EVENTS = ["peopleCreated", "peopleUpdated", "peopleDeleted"];

/** A user with one connected account, whose data is not ready for the first request. */
async function connectAccount() {
  const mock = createRolloutMock({ collections: { people: [] }, readyAfter: 1 });
  const token = createTestToken("user_1");
  const { credentials } = createRolloutClient({ token, ...mock.options });
  const connect = async () => {
    const { id } = await credentials.create({ appKey: "liondesk", userInputs: {} }, { onOtp: () => "" });
    return { ...mock.options, token, credentialId: id };
  };
  /** The subscriptions of an account, oldest first. */
  const listOf = async (options: RolloutApiOptions) => {
    const subscriptions = [];
    for await (const each of paginateItems(createRolloutApi<paths>(options), "/webhooks")) subscriptions.push(each);
    return subscriptions;
  };
  /** How many requests so far were to change something. */
  const changes = () =>
    mock.requests.filter(({ method, path }) => path.startsWith("/webhooks") && method !== "GET").length;
  return { credentials, options: await connect(), connect, listOf, changes };
}

test("an account gets one subscription for each event, once its data is ready; a second run finishes or changes nothing", async () => {
  const { options, listOf, changes } = await connectAccount();
  await subscribe(options, HOOK_URL, EVENTS.slice(0, 1));
  // The first was refused with a 409.
  expect(changes()).toBe(2);
  await subscribe(options, HOOK_URL, EVENTS);
  await subscribe(options, HOOK_URL, EVENTS);
  expect(changes()).toBe(4);
  expect(await listOf(options)).toMatchObject(EVENTS.map((event) => ({ event, url: HOOK_URL, status: "Active" })));
});

test("what is not wanted or repeated goes; subscriptions to other URLs stay", async () => {
  const { options, listOf } = await connectAccount();
  await subscribe(options, "https://other.example/webhooks", ["peopleCreated"]);
  await subscribe(options, HOOK_URL, ["notesCreated", "peopleUpdated", "peopleDeleted"]);
  const crm = createRolloutApi<paths>(options);
  await crm.POST("/webhooks", { body: { url: HOOK_URL, event: "peopleDeleted" } });

  await subscribe(options, HOOK_URL, EVENTS);
  const events = (await listOf(options)).map(({ url, event }) => `${event} ${url}`);
  const wanted = EVENTS.map((event) => `${event} ${HOOK_URL}`);
  expect(events.sort()).toEqual(["peopleCreated https://other.example/webhooks", ...wanted].sort());
  await subscribe(options, HOOK_URL, []);
  expect(await listOf(options)).toMatchObject([{ url: "https://other.example/webhooks" }]);
});

test("subscriptions move to another URL, with their ids", async () => {
  const { options, listOf } = await connectAccount();
  await subscribe(options, HOOK_URL, EVENTS);
  const before = await listOf(options);
  await moveSubscriptions(options, HOOK_URL, "https://new.example/webhooks");
  expect(await listOf(options)).toEqual(before.map((each) => ({ ...each, url: "https://new.example/webhooks" })));
});

test("an account that was connected again has no subscriptions until it gets them", async () => {
  const { credentials, options, connect, listOf } = await connectAccount();
  await subscribe(options, HOOK_URL, EVENTS);
  await credentials.delete(options.credentialId);
  const again = await connect();
  expect(await listOf(again)).toEqual([]);
  await subscribe(again, HOOK_URL, EVENTS);
  expect(await listOf(again)).toHaveLength(EVENTS.length);
});
