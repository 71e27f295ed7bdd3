// node nightly-job.js 2026-11-28: copies the people of all accounts. Started again in the same night, it goes on where it was.
import { createRateLimiter, createRolloutApi, createTokenSigner, paginate } from "rollout-client";
import type { paths } from "./crm.js";
import { type Account, openStore } from "./store.js";

const AT_ONCE = 4;
const { CRM_URL: baseUrl = "https://crm.universal.rollout.com/api", STORE = "people.db" } = process.env;
const [, , night = new Date().toISOString().slice(0, 10)] = process.argv;
const signer = createTokenSigner();
const rateLimiter = createRateLimiter();
const store = openStore(STORE);

async function read(account: Account): Promise<void> {
  const { userId, credentialId, cursor } = account;
  const token = signer.forUser(userId);
  const crm = createRolloutApi<paths>({ token, rateLimiter, baseUrl, credentialId, waitUntilReady: 90_000 });
  const query = { limit: 100, ...(cursor !== undefined && { next: cursor }) };
  for await (const { people, _metadata } of paginate(crm, "/people", { params: { query } })) {
    store.savePage(credentialId, night, { people, next: _metadata.next });
  }
}

// A few accounts at a time, each to its end.
const accounts = store.accountsToRead(night).values();
async function work(): Promise<void> {
  for (const account of accounts) {
    await read(account).catch((error: unknown) => {
      console.error(account.credentialId, error);
      process.exitCode = 1;
    });
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, work));
store.close();
