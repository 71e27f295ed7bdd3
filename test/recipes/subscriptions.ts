import { createRolloutApi, paginateItems, type RolloutApi, type RolloutApiOptions, unwrap } from "rollout-client";
import type { paths } from "./crm.js";

/**
 * Gives one connected account one subscription for each of these events, all to this URL, and removes its others to this URL.
 * It looks first, so it can run again: after a failure, when the events change, and after the account was connected again.
 */
export async function subscribe(options: RolloutApiOptions, url: string, events: readonly string[]): Promise<void> {
  // Right after connecting, the API responds with 409 until the data is ready.
  const crm = createRolloutApi<paths>({ waitUntilReady: 90_000, ...options });
  const missing = new Set(events);
  for (const { id, status, event } of await subscriptionsTo(crm, url)) {
    const isWanted = status === "Active" && missing.delete(event);
    if (!isWanted) unwrap(await crm.DELETE("/webhooks/{id}", { params: { path: { id } } }));
  }
  for (const event of missing) unwrap(await crm.POST("/webhooks", { body: { url, event } }));
}

/** Sends what goes to one URL to another from now on, such as when your server moves. */
export async function moveSubscriptions(options: RolloutApiOptions, from: string, to: string): Promise<void> {
  const crm = createRolloutApi<paths>({ waitUntilReady: 90_000, ...options });
  for (const { id } of await subscriptionsTo(crm, from)) {
    unwrap(await crm.PUT("/webhooks/{id}", { params: { path: { id } }, body: { url: to } }));
  }
}

async function subscriptionsTo(crm: RolloutApi<paths>, url: string) {
  const found = [];
  // All of them before the first change, which could shift the pages.
  for await (const subscription of paginateItems(crm, "/webhooks")) {
    if (subscription.url === url) found.push(subscription);
  }
  return found;
}
