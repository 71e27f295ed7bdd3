import type { MockFault } from "rollout-client/testing";
import { expect, test } from "vitest";
import { input, startMock } from "./setup.ts";

test.each<[string, Partial<MockFault>, number, string, RegExp | null]>([
  ["is a 500 with an error", {}, 500, "application/json", /^\{"errors":\[\{"message":"[^"]+"\}\]\}$/],
  [
    "has the body that it is given, as JSON",
    { status: 429, body: { errors: [] } },
    429,
    "application/json",
    /^\{"errors":\[\]\}$/,
  ],
  [
    "has a text as it is",
    { status: 502, body: "<html>", headers: { "Content-Type": "text/html" } },
    502,
    "text/html",
    /^<html>$/,
  ],
  [
    "has no body where its status has none",
    { status: 204, headers: { "Content-Type": "text/plain" } },
    204,
    "text/plain",
    null,
  ],
])("the response of a fault %s", async (_case, fault, status, type, body) => {
  const { mock, send } = startMock();
  mock.failNext({ ...fault, fault: "status", headers: { "X-Test": "1", ...fault.headers } });
  const response = await send("GET /credentials");
  expect([response.status, response.headers.get("x-test"), response.headers.get("content-type")]).toEqual([
    status,
    "1",
    type,
  ]);
  if (body === null) expect(response.body).toBeNull();
  else expect(await response.text()).toMatch(body);
});

test("a refused connection carries no request, and a retry creates one credential", async () => {
  const { mock, credentials } = startMock();
  mock.failNext({ fault: "refused" });
  await credentials.create(input, { retry: { limit: 1, maxDelay: 0 } });
  expect(mock.requests).toHaveLength(1);
  expect(mock.credentials).toHaveLength(1);
});

const ambiguous: [string, MockFault, { code: string; exists: boolean }][] = [
  ["reset", { fault: "reset" }, { code: "network", exists: false }],
  ["reset after acting", { fault: "reset", acted: true }, { code: "network", exists: true }],
  ["hang", { fault: "hang" }, { code: "timeout", exists: false }],
  ["hang after acting", { fault: "hang", acted: true }, { code: "timeout", exists: true }],
  ["cut", { fault: "cut" }, { code: "network", exists: false }],
  ["cut after acting", { fault: "cut", acted: true }, { code: "network", exists: true }],
  ["status after acting", { fault: "status", acted: true }, { code: "server_error", exists: true }],
];

test.each(ambiguous)("%s is an error that may have taken effect", async (_case, fault, { code, exists }) => {
  const { mock, credentials } = startMock();
  mock.failNext(fault);
  const created = credentials.create(input, { timeout: 50 });
  await expect(created).rejects.toMatchObject({ code, mayHaveSucceeded: true });
  expect(mock.credentials).toHaveLength(exists ? 1 : 0);
  expect(mock.requests).toHaveLength(1);
});

test("a body is cut in its middle, under the status and headers of the fault", async () => {
  const { mock, send } = startMock();
  mock.failNext({ fault: "cut", status: 500, headers: { "X-Test": "1" }, body: "0123456789" });
  const response = await send("GET /credentials");
  expect([response.status, response.headers.get("x-test")]).toEqual([500, "1"]);
  const chunks: string[] = [];
  const decoder = new TextDecoder();
  const reading = response.body?.pipeTo(
    new WritableStream({ write: (chunk) => void chunks.push(decoder.decode(chunk)) }),
  );
  await expect(reading).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
  expect(chunks).toEqual(["01234"]);
});

test("a call that hangs ends with the reason of its signal, and without a signal never", async () => {
  const { mock } = startMock();
  const url = `${mock.options.baseUrl}/credentials`;
  const controller = new AbortController();
  const reason = new Error("the caller's own reason");
  mock.failNext({ fault: "hang" });
  mock.failNext({ fault: "hang" });
  const calling = mock.options.fetch(url, { signal: controller.signal });
  const endless = mock.options.fetch(url);
  controller.abort(reason);
  await expect(calling).rejects.toBe(reason);
  expect(await Promise.race([endless, (await mock.options.fetch(url)).status])).toBe(401);
});

test("faults wait for their operations, in their order", async () => {
  const { mock, send } = startMock();
  mock.failNext({ on: "POST /credentials", fault: "status", status: 503 });
  mock.failNext({ on: "PUT /credentials/{credentialId}", fault: "status", status: 502 });
  mock.failNext({ on: "PUT /credentials/cred_2", fault: "status", status: 504 });
  mock.failNext({ on: "POST /credentials", fault: "status", status: 409 });
  const statuses: number[] = [];
  for (const id of [1, 1, 2]) statuses.push((await send(`PUT /credentials/cred_${id}`, { entitiesToSync: {} })).status);
  for (const body of [input, input, input]) statuses.push((await send("POST /credentials", body)).status);
  expect(statuses).toEqual([502, 404, 504, 503, 409, 200]);
});

test.each<MockFault>([
  { on: "POST /credential", fault: "reset" },
  { on: "credentials", fault: "reset" },
  { fault: "refused", acted: true },
  { fault: "status", status: 700 },
  { fault: "status", status: 100 },
])("a fault that cannot happen is refused at once: %o", (fault) => {
  const { mock } = startMock();
  expect(() => mock.failNext(fault)).toThrow(TypeError);
});

test("a fault whose name is misspelled is refused at once", () => {
  const { mock } = startMock();
  expect(() => Reflect.apply(mock.failNext, mock, [{ fault: "rest" }])).toThrow(/must be one of status, refused,/);
});
