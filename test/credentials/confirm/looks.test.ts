import { createRolloutClient, RolloutOtpError } from "rollout-client";
import { createRolloutMock, createTestToken } from "rollout-client/testing";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { rejection } from "../../support/rejection.ts";
import { input } from "./rollout-server.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function startMock() {
  const mock = createRolloutMock();
  const { credentials } = createRolloutClient({ token: createTestToken("user_1"), ...mock.options });
  const looks = (): number => mock.requests.filter(({ method }) => method === "GET").length;
  const addCredential = (id: string, age: number): void => {
    const createdAt = new Date(Date.now() - age).toISOString();
    mock.credentials.push({ id, createdAt, appKey: input.appKey, userId: "user_1" });
  };
  return { mock, create: credentials.create, looks, addCredential };
}

test("where no credential is new, the error is the first one, after three looks in four seconds", async () => {
  const { mock, create, looks, addCredential } = startMock();
  addCredential("cred_old", 10_000);
  mock.failNext({ on: "POST /credentials", fault: "status" });
  const ended = vi.fn();
  create(input, { confirm: true }).catch(ended);
  await vi.advanceTimersByTimeAsync(999);
  expect(looks()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(looks()).toBe(2);
  await vi.advanceTimersByTimeAsync(2_999);
  expect(looks()).toBe(2);
  expect(ended).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(looks()).toBe(3);
  const message = expect.stringMatching(/check before you try again\.$/);
  expect(ended).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: "server_error", message }));
});

test("a credential that appears late is found by a later look", async () => {
  const { mock, create, looks, addCredential } = startMock();
  mock.failNext({ on: "POST /credentials", fault: "reset" });
  const creating = create(input, { confirm: true });
  await vi.advanceTimersByTimeAsync(500);
  addCredential("cred_late", 0);
  await vi.advanceTimersByTimeAsync(500);
  await expect(creating).resolves.toEqual({ id: "cred_late" });
  expect(looks()).toBe(2);
});

test("however long the call took, a credential from before it began is not taken for the new one", async () => {
  const { mock, create, addCredential } = startMock();
  addCredential("cred_old", 3_000);
  mock.failNext({ on: "POST /credentials", fault: "hang" });
  const creating = rejection(create(input, { confirm: true, timeout: 60_000 }), Error);
  await vi.advanceTimersByTimeAsync(70_000);
  expect(await creating).toMatchObject({ code: "timeout" });
});

test("an abort between two looks ends the search with the caller's reason", async () => {
  const { mock, create, looks } = startMock();
  mock.failNext({ on: "POST /credentials", fault: "status" });
  const controller = new AbortController();
  const ended = vi.fn();
  create(input, { confirm: true, signal: controller.signal }).catch(ended);
  await vi.advanceTimersByTimeAsync(500);
  controller.abort("the user left");
  await vi.advanceTimersByTimeAsync(0);
  expect(ended).toHaveBeenCalledExactlyOnceWith("the user left");
  expect(looks()).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
});

test("a one-time password whose result got lost resolves to the credential that it created", async () => {
  const { mock, create } = startMock();
  mock.requireOtp(input.appKey, "123456");
  mock.failNext({ on: "otp", fault: "reset", acted: true });
  const creating = create(input, { confirm: true, onOtp: () => "123456" });
  await vi.advanceTimersByTimeAsync(0);
  await expect(creating).resolves.toEqual({ id: mock.credentials[0]?.id });
  expect(mock.credentials).toHaveLength(1);
});

test("a one-time password that created several credentials fails with its own error, which says so", async () => {
  const { mock, create, addCredential } = startMock();
  mock.requireOtp(input.appKey, "123456");
  mock.failNext({ on: "otp", fault: "reset", acted: true });
  const onOtp = (): string => {
    addCredential("cred_other", 0);
    return "123456";
  };
  const creating = rejection(create(input, { confirm: true, onOtp }), RolloutOtpError);
  await vi.advanceTimersByTimeAsync(0);
  const failure = await creating;
  expect(failure).toMatchObject({ code: "otp_failed", mayHaveSucceeded: true, otpChallengeId: expect.any(String) });
  expect(failure.message).toMatch(/\. 2 credentials of this app were created since the call began\.$/);
});

test("what onOtp throws comes out unchanged, and is not looked up", async () => {
  const { mock, create, looks } = startMock();
  mock.requireOtp(input.appKey, "123456");
  mock.failNext({ on: "GET /connectors", fault: "reset" });
  const { connectors } = createRolloutClient({ token: createTestToken("user_1"), retry: false, ...mock.options });
  const onOtp = async (): Promise<string> => {
    await connectors.list();
    return "123456";
  };
  await expect(create(input, { confirm: true, onOtp })).rejects.toMatchObject({ code: "network", path: "/connectors" });
  expect(looks()).toBe(1);
  expect(mock.requests.at(-1)?.path).toBe("/connectors");
});
