import { createTokenSigner } from "rollout-client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const noon = Date.UTC(2026, 10, 24, 12);
const signer = createTokenSigner({ clientId: "client", clientSecret: "made-up secret" });

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: noon });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function secondsLater(seconds: number): void {
  vi.setSystemTime(noon + seconds * 1000);
}

test("signer.forUser reuses a token until 60 s before it expires", async () => {
  const token = signer.forUser("user_123");
  const first = await token();
  secondsLater(839);
  expect(await token()).toBe(first);
  secondsLater(840);
  const second = await token();
  expect(second).not.toBe(first);
  secondsLater(840 + 839);
  expect(await token()).toBe(second);
});

test("signer.forUser uses a token that is valid for 60 s or less once", async () => {
  const token = createTokenSigner({ clientId: "client", clientSecret: "made-up secret", expiresIn: 60 }).forUser(
    "user",
  );
  const first = await token();
  secondsLater(1);
  expect(await token()).not.toBe(first);
});

test("callers at the same time share one signature", async () => {
  const signing = vi.spyOn(crypto.subtle, "sign");
  const token = signer.forUser("user_123");
  const tokens = await Promise.all(Array.from({ length: 100 }, () => token()));
  expect(new Set(tokens).size).toBe(1);
  expect(signing).toHaveBeenCalledTimes(1);
});

test("a refresh signs a new token, which is used from then on", async () => {
  const token = signer.forUser("user_123");
  const first = await token();
  secondsLater(1);
  const refreshed = await token({ refresh: true });
  expect(refreshed).not.toBe(first);
  expect(await token({ refresh: false })).toBe(refreshed);
});

test("refreshes at the same time share one signature", async () => {
  const token = signer.forUser("user_123");
  await token();
  const signing = vi.spyOn(crypto.subtle, "sign");
  await Promise.all(Array.from({ length: 20 }, () => token({ refresh: true })));
  expect(signing).toHaveBeenCalledTimes(1);
});

test("a failed signature is not cached", async () => {
  const token = signer.forUser("user_123");
  vi.spyOn(crypto.subtle, "sign").mockRejectedValueOnce(new Error("out of entropy"));
  await expect(token()).rejects.toThrow("out of entropy");
  expect(await token()).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
});

test("sources of different users have different tokens", async () => {
  const [one, other] = await Promise.all([signer.forUser("one")(), signer.forUser("other")()]);
  expect(one).not.toBe(other);
});

test("signer.sign signs a fresh token each time", async () => {
  const first = await signer.sign("user_123");
  secondsLater(1);
  expect(await signer.sign("user_123")).not.toBe(first);
});
