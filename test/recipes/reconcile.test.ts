import { createRolloutClient } from "rollout-client";
import { createRolloutMock, createTestToken } from "rollout-client/testing";
import { expect, test } from "vitest";
import { reconcile, reconnect, type StoredAccount } from "./reconcile.ts";

const appKey = "liondesk";

/** A user with two connected accounts, beside somebody else with one. */
function startRollout() {
  const mock = createRolloutMock();
  for (const [id, userId] of [
    ["cred_a", "user_1"],
    ["cred_b", "user_1"],
    ["cred_c", "user_2"],
  ] as const) {
    mock.credentials.push({ id, appKey, userId, createdAt: "2026-11-24T12:00:00Z" });
  }
  const rollout = createRolloutClient({ token: createTestToken("user_1"), retry: false, ...mock.options });
  return { mock, rollout };
}

test("stored accounts are kept or gone, and what is not stored is unknown", async () => {
  const { rollout } = startRollout();
  const stored = ["cred_a", "cred_deleted"].map((credentialId) => ({ credentialId, appKey }));
  expect(await reconcile(rollout, stored)).toEqual({
    kept: [{ credentialId: "cred_a", appKey }],
    gone: [{ credentialId: "cred_deleted", appKey }],
    unknown: [expect.objectContaining({ id: "cred_b", appKey })],
  });
  expect(await reconcile(rollout, [])).toMatchObject({
    kept: [],
    gone: [],
    unknown: [{ id: "cred_a" }, { id: "cred_b" }],
  });
});

test("an account that is connected again has a new credential, and the old one is deleted last", async () => {
  const { mock, rollout } = startRollout();
  mock.requireOtp(appKey, "123456");
  const [old] = (await reconcile(rollout, [{ credentialId: "cred_a", appKey }])).kept;
  if (old === undefined) throw new Error("cred_a is kept");
  const stored: StoredAccount[] = [];
  const account = await reconnect(
    rollout,
    old,
    { apiKey: "new" },
    async () => "123456",
    async (oldId, replacement) => {
      expect(oldId).toBe("cred_a");
      expect(mock.credentials.map(({ id }) => id)).toContain("cred_a");
      stored.push(replacement);
    },
  );
  expect(stored).toEqual([account]);
  const ids = mock.credentials.map(({ id }) => id);
  expect(ids).toEqual(["cred_b", "cred_c", account.credentialId]);
});

test("an account keeps its credential when what the user entered is refused", async () => {
  const { mock, rollout } = startRollout();
  mock.failNext({ on: "POST /credentials", fault: "status", status: 400 });
  const replace = async () => expect.unreachable();
  const account = { credentialId: "cred_a", appKey };
  await expect(reconnect(rollout, account, { apiKey: "wrong" }, async () => "", replace)).rejects.toMatchObject({
    code: "bad_request",
  });
  expect(mock.credentials.map(({ id }) => id)).toContain("cred_a");
});
