import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import {
  createRateLimiter,
  createRolloutApi,
  createTokenSigner,
  createWebhookVerifier,
  isWebhookEvent,
  RolloutWebhookError,
} from "rollout-client";
import type { paths } from "./crm.js";
import { subscribe } from "./subscriptions.js";
import { applyChanges, noteChanges, openStore, readAllPeople } from "./sync.js";

const { CRM_URL = "", USER_ID = "", CREDENTIAL_ID = "", STORE = "", PUBLIC_URL = "", PORT = "8080" } = process.env;
const DAY_MILLISECONDS = 86_400_000;

const options = {
  baseUrl: CRM_URL,
  token: createTokenSigner().forUser(USER_ID),
  credentialId: CREDENTIAL_ID,
  rateLimiter: createRateLimiter(),
};
const crm = createRolloutApi<paths>({ ...options, waitUntilReady: 90_000 });
const webhooks = createWebhookVerifier();
const store = openStore(STORE);

// One step after the other. A step that fails ends the process; when it starts again, it goes on where it was.
let steps = Promise.resolve();
function enqueue(step: () => Promise<void>): void {
  steps = steps.then(step);
}
function enqueueSync(): void {
  enqueue(() => readAllPeople(store, crm));
  enqueue(() => applyChanges(store, crm));
}

const app = new Hono();
app.post("/webhooks/rollout", bodyLimit({ maxSize: 1024 * 1024 }), async ({ req }) => {
  try {
    const payload = await webhooks.verify(await req.arrayBuffer(), req.header("x-rollout-signature"));
    if (isWebhookEvent(payload)) {
      noteChanges(store, payload);
      enqueue(() => applyChanges(store, crm));
    }
    return new Response(null, { status: 204 });
  } catch (error) {
    if (!(error instanceof RolloutWebhookError)) throw error;
    return new Response(null, { status: error.code === "invalid_signature" ? 401 : 400 });
  }
});
const server = serve({ fetch: app.fetch, port: Number(PORT) }, ({ port }) => console.log(port));

// Before anything is read: what changes from now on is in a page, in an event, or in both.
enqueue(() =>
  subscribe(options, `${PUBLIC_URL}/webhooks/rollout`, ["peopleCreated", "peopleUpdated", "peopleDeleted"]),
);
enqueueSync();
// Once a day again, for events that were never delivered.
const timer = setInterval(enqueueSync, DAY_MILLISECONDS);

process.once("SIGTERM", async () => {
  clearInterval(timer);
  server.close();
  await steps;
  store.close();
});
