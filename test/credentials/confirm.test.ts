import {
  type CredentialOperations,
  createRolloutClient,
  RolloutApiError,
  RolloutNetworkError,
  RolloutOtpError,
} from "rollout-client";
import { createRolloutMock, createTestToken, type MockFault } from "rollout-client/testing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";

const NOON = Date.UTC(2026, 10, 24, 12);
const HOUR_MILLISECONDS = 3_600_000;
const input = { appKey: "follow-up-boss", userInputs: { apiKey: "key-8261" } };
const FAILED: MockFault = { on: "POST /credentials", fault: "status", acted: true };

beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A mock whose clock is `clockAhead` milliseconds ahead, and a client of it. */
function startMock(clockAhead = 0) {
  const mock = createRolloutMock();
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    vi.setSystemTime(Date.now() + clockAhead);
    try {
      return await mock.options.fetch(url, init);
    } finally {
      vi.setSystemTime(Date.now() - clockAhead);
    }
  };
  const token = createTestToken("user_1", { expiresIn: 86_400 });
  const lines: string[] = [];
  const logger = { debug: (line: string) => lines.push(line), warn: (line: string) => lines.push(line) };
  const rollout = createRolloutClient({ token, ...mock.options, fetch, timeout: 60_000, retry: false, logger });
  return {
    ...rollout,
    mock,
    lines,
    create: rollout.credentials.create,
    looks: () => mock.requests.filter(({ method }) => method === "GET").length,
    addCredential(id: string, age = 0, appKey = input.appKey) {
      const createdAt = new Date(Date.now() + clockAhead - age).toISOString();
      mock.credentials.push({ id, createdAt, appKey, userId: "user_1" });
    },
  };
}

/** Lets time pass until the call has ended. */
async function afterWaits<Result>(call: Promise<Result>): Promise<Result> {
  call.catch(() => {});
  await vi.runAllTimersAsync();
  return call;
}

const html = { "Content-Type": "text/html" };

describe.each([0, HOUR_MILLISECONDS, -HOUR_MILLISECONDS])("with a server clock that is %i ms ahead", (clockAhead) => {
  test.each<[string, Omit<MockFault, "on">]>([
    ["500", { fault: "status" }],
    ["502 with HTML", { fault: "status", status: 502, headers: html, body: "<h1>Bad Gateway</h1>" }],
    ["a lost connection", { fault: "reset" }],
    ["silence", { fault: "hang" }],
    ["a cut body", { fault: "cut" }],
    ["{}", { fault: "status", status: 200, body: {} }],
  ])("a create that ends in %s, but took effect, resolves to its credential", async (_case, fault) => {
    const { mock, create, addCredential } = startMock(clockAhead);
    addCredential("cred_old", 70_000);
    mock.failNext({ ...FAILED, ...fault });
    const headers = { "X-Trace": "t1" };
    const created = await afterWaits(create(input, { confirm: true, headers }));
    expect(created).toEqual({ id: mock.credentials[1]?.id });
    expect(mock.credentials).toHaveLength(2);
    expect(mock.requests.map(({ method, query }) => `${method} ${query}`)).toEqual([
      "POST ",
      "GET appKey=follow-up-boss",
    ]);
    expect(mock.requests[1]?.headers.get("x-trace")).toBe("t1");
  });
});

test("the Date of the failed response is enough", async () => {
  const { mock, create } = startMock();
  mock.failNext(FAILED);
  const body = [{ id: "cred_new", appKey: input.appKey, createdAt: new Date().toISOString() }];
  mock.failNext({ on: "GET /credentials", fault: "status", status: 200, headers: { Date: "" }, body });
  expect(await afterWaits(create(input, { confirm: true }))).toEqual({ id: "cred_new" });
});

test.each([
  [200, { confirm: true }],
  [400, { confirm: true }],
  [500, {}],
  [500, { confirm: false }],
])("a create that ends in %i is not looked up with %j", async (status, options) => {
  const { mock, create, looks } = startMock();
  mock.failNext({ ...FAILED, status, body: { id: "cred_1" } });
  const ended = create(input, options).catch((error: unknown) => error);
  expect(await ended).toMatchObject(status === 200 ? { id: "cred_1" } : { status });
  expect(looks()).toBe(0);
});

const dated = { id: "cred_new", appKey: input.appKey, createdAt: "2999-01-15T09:30:00Z" };

test.each<[string, Omit<MockFault, "on">]>([
  ...[undefined, "yesterday", 32_473_949_400_000, "2999-01-15T09:30:00", "2999-13-45T09:30:00Z"].map(
    (createdAt): [string, Omit<MockFault, "on">] => [
      `has the createdAt ${createdAt}, even beside a new credential`,
      { fault: "status", status: 200, body: [dated, { ...dated, createdAt }] },
    ],
  ),
  [
    "has no Date, as the response to the create",
    { fault: "status", status: 200, headers: { Date: "" }, body: [dated] },
  ],
  ["fails", { fault: "status", status: 403 }],
  ["is no list of credentials", { fault: "status", status: 200, body: { credentials: [] } }],
  ["does not arrive because the connection is lost", { fault: "reset" }],
])("the error of the create stands where the list %s", async (_case, fault) => {
  const { mock, create, looks } = startMock();
  mock.failNext({ ...FAILED, headers: { Date: "" } });
  mock.failNext({ ...fault, on: "GET /credentials" });
  const failure = await rejection(afterWaits(create(input, { confirm: true })), RolloutApiError);
  expect(failure).toMatchObject({ code: "server_error", method: "POST", path: "/credentials", mayHaveSucceeded: true });
  expect(failure.message).toMatch(/check before you try again\.$/);
  expect(looks()).toBe(1);
});

test("where several credentials are new, the error says so, and has the fields that it has otherwise", async () => {
  const { mock, create, addCredential } = startMock();
  const fault: MockFault = { ...FAILED, headers: { "X-Request-Id": "req_1" } };
  mock.failNext(fault);
  const plain = await rejection(afterWaits(create(input)), RolloutApiError);
  addCredential("cred_other");
  mock.failNext({ ...fault, acted: false });
  const failure = await rejection(afterWaits(create(input, { confirm: true })), RolloutApiError);
  expect(failure.message).toBe(`${plain.message} 2 credentials of this app were created since the call began.`);
  expect(failure).toMatchObject({ name: "RolloutApiError", code: "server_error", requestId: "req_1", attempts: 1 });
  expect(Object.keys(failure)).toEqual(Object.keys(plain));
});

test("a credential of another app is not taken for the new one, where the server ignores the filter", async () => {
  const { mock, create } = startMock();
  mock.failNext(FAILED);
  const body = [{ ...dated, id: "cred_foreign", appKey: "lofty" }, dated];
  mock.failNext({ on: "GET /credentials", fault: "status", status: 200, body });
  expect(await afterWaits(create(input, { confirm: true }))).toEqual({ id: "cred_new" });
});

test.each<[string, MockFault[], number]>([
  ["of the create is not looked up", [{ ...FAILED, fault: "hang" }], 0],
  ["of a look ends the search", [FAILED, { on: "GET /credentials", fault: "hang" }], 1],
  ["between two looks ends the search", [{ ...FAILED, acted: false }], 1],
])("an abort %s, with the caller's reason", async (_case, faults, looked) => {
  const { mock, create, looks } = startMock();
  for (const fault of faults) mock.failNext(fault);
  const controller = new AbortController();
  const ended = vi.fn();
  create(input, { confirm: true, signal: controller.signal }).catch(ended);
  await vi.advanceTimersByTimeAsync(500);
  controller.abort("the user left");
  await vi.advanceTimersByTimeAsync(0);
  expect(ended).toHaveBeenCalledExactlyOnceWith("the user left");
  expect(looks()).toBe(looked);
  expect(vi.getTimerCount()).toBe(0);
});

test("confirm must be a boolean", async () => {
  const { mock, create } = startMock();
  // @ts-expect-error a string, as JavaScript may pass it
  await expect(create(input, { confirm: "yes" })).rejects.toMatchObject({ code: "invalid_config", option: "confirm" });
  expect(mock.requests).toEqual([]);
});

test("the data of a listed credential is in no error and no log line", async () => {
  const { mock, create, lines } = startMock();
  const data = { password: "data-secret-4417" };
  mock.failNext(FAILED);
  const body = ["cred_a", "cred_b"].map((id) => ({ ...dated, id, data }));
  mock.failNext({ on: "GET /credentials", fault: "status", status: 200, body });
  const failure = await rejection(afterWaits(create(input, { confirm: true })), RolloutApiError);
  expect(lines.length).toBeGreaterThan(0);
  expect(`${JSON.stringify(failure)} ${failure.stack} ${lines.join()}`).not.toContain(data.password);
});

test("a credential counts as new if its createdAt is at most a second before the call, and as old otherwise", async () => {
  for (const [age, outcome] of [
    [1_000, { id: "cred_new" }],
    [1_001, { code: "server_error" }],
  ] as const) {
    const { mock, create, addCredential } = startMock();
    addCredential("cred_new", age);
    mock.failNext({ ...FAILED, acted: false });
    const ended = create(input, { confirm: true }).catch((error: unknown) => error);
    expect(await afterWaits(ended)).toMatchObject(outcome);
    vi.setSystemTime(NOON);
  }
});

test("where no credential is new, the error is the first one, after three looks in four seconds", async () => {
  const { mock, create, looks, addCredential } = startMock();
  addCredential("cred_old", 10_000);
  mock.failNext({ ...FAILED, acted: false });
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
  addCredential("cred_late");
  await vi.advanceTimersByTimeAsync(500);
  await expect(creating).resolves.toEqual({ id: "cred_late" });
  expect(looks()).toBe(2);
});

test("however long the call took, a credential from before it began is not taken for the new one", async () => {
  const { mock, create, addCredential } = startMock();
  addCredential("cred_old", 3_000);
  mock.failNext({ on: "POST /credentials", fault: "hang" });
  expect(await rejection(afterWaits(create(input, { confirm: true })), Error)).toMatchObject({ code: "timeout" });
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
  addCredential("cred_other");
  const failure = await rejection(afterWaits(create(input, { confirm: true, onOtp: () => "123456" })), RolloutOtpError);
  expect(failure).toMatchObject({ code: "otp_failed", mayHaveSucceeded: true, otpChallengeId: expect.any(String) });
  expect(failure.message).toMatch(/\. 2 credentials of this app were created since the call began\.$/);
});

test.each<[string, (credentials: CredentialOperations) => Promise<unknown>]>([
  ["GET /credentials", (credentials) => credentials.list()],
  ["POST /oauth/authorize-url", (credentials) => credentials.authorizeUrl({ appKey: "hubspot" })],
])("an error of %s that onOtp throws comes out unchanged, and is not looked up", async (on, call) => {
  const { mock, credentials } = startMock();
  mock.requireOtp(input.appKey, "123456");
  mock.failNext({ on, fault: "cut" });
  const onOtp = async () => String(await call(credentials));
  const [method, path] = on.split(" ");
  const failure = await rejection(afterWaits(credentials.create(input, { confirm: true, onOtp })), RolloutNetworkError);
  expect(failure).toMatchObject({ method, path, mayHaveSucceeded: true });
  expect(mock.requests).toHaveLength(2);
});
