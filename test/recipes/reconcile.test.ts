import { createRolloutClient } from "rollout-client";
import { createRolloutMock, createTestToken } from "rollout-client/testing";
import { expect, test } from "vitest";
import { reconcile, reconnect, type StoredAccount } from "./reconcile.ts";

const appKey = "liondesk";
const old: StoredAccount = { credentialId: "cred_a", appKey };

/** A user with two connected accounts, beside somebody else with one. */
function startRollout() {
  const mock = createRolloutMock();
  for (const [id, userId] of Object.entries({ cred_a: "user_1", cred_b: "user_1", cred_c: "user_2" })) {
    mock.credentials.push({ id, appKey, userId, createdAt: "2026-11-24T12:00:00Z" });
  }
  const rollout = createRolloutClient({ token: createTestToken("user_1"), retry: false, ...mock.options });
  return { mock, rollout };
}

test("stored accounts are kept or gone, and what is not stored is unknown", async () => {
  const { rollout } = startRollout();
  const deleted = { credentialId: "cred_deleted", appKey };
  const reconciled = { kept: [old], gone: [deleted], unknown: [{ id: "cred_b" }] };
  expect(await reconcile(rollout, [old, deleted])).toMatchObject(reconciled);
});

test("an account that is connected again has a new credential, and the old one is deleted last", async () => {
  const { mock, rollout } = startRollout();
  mock.requireOtp(appKey, "123456");
  const stored: StoredAccount[] = [];
  const replace = async (oldId: string, replacement: StoredAccount) => {
    expect([oldId, mock.credentials[0]?.id]).toEqual(["cred_a", "cred_a"]);
    stored.push(replacement);
  };
  const account = await reconnect(rollout, old, { apiKey: "new" }, async () => "123456", replace);
  expect(stored).toEqual([account]);
  expect(mock.credentials.map(({ id }) => id)).toEqual(["cred_b", "cred_c", account.credentialId]);
});

test("an account keeps its credential when what the user entered is refused", async () => {
  const { mock, rollout } = startRollout();
  mock.failNext({ on: "POST /credentials", fault: "status", status: 400 });
  const replace = async () => expect.unreachable();
  const reconnecting = reconnect(rollout, old, { apiKey: "wrong" }, async () => "", replace);
  await expect(reconnecting).rejects.toMatchObject({ code: "bad_request" });
  expect(mock.credentials[0]?.id).toBe("cred_a");
});
