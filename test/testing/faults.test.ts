import type { MockFault } from "rollout-client/testing";
import { expect, test } from "vitest";
import { input, startMock } from "./setup.ts";

const html = { "Content-Type": "text/html" };
const error = expect.stringMatching(/^\{"errors":\[\{"message":"[^"]+"\}\]\}$/);

test.each<[string, Partial<MockFault>, number, string, unknown]>([
  ["is a 500 with an error", {}, 500, "application/json", error],
  ["has the body that it is given, as JSON", { status: 429, body: { a: [] } }, 429, "application/json", '{"a":[]}'],
  ["has a text as it is", { status: 502, body: "<html>", headers: html }, 502, "text/html", "<html>"],
  ["has no body where its status has none", { status: 204, headers: html }, 204, "text/html", ""],
])("the response of a fault %s", async (_case, fault, status, type, body) => {
  const { mock, send } = startMock();
  mock.failNext({ ...fault, fault: "status", headers: { "X-Test": "1", ...fault.headers } });
  const response = await send("GET /credentials");
  const { headers } = response;
  expect([response.status, headers.get("content-type"), headers.get("x-test")]).toEqual([status, type, "1"]);
  expect(await response.text()).toEqual(body);
});

test.each<[MockFault, string]>([
  [{ fault: "reset" }, "network"],
  [{ fault: "reset", acted: true }, "network"],
  [{ fault: "hang" }, "timeout"],
  [{ fault: "hang", acted: true }, "timeout"],
  [{ fault: "cut" }, "network"],
  [{ fault: "cut", acted: true }, "network"],
  [{ fault: "status", acted: true }, "server_error"],
  [{ fault: "refused" }, "network"],
])("a create that meets the fault %j ends with %s, and is created only where it acted", async (fault, code) => {
  const { mock, credentials } = startMock();
  mock.failNext(fault);
  const wasSent = fault.fault !== "refused";
  const timeout = fault.fault === "hang" ? 50 : undefined;
  const created = credentials.create(input, { timeout, retry: false });
  await expect(created).rejects.toMatchObject({ code, mayHaveSucceeded: wasSent });
  expect(mock.credentials).toHaveLength(fault.acted === true ? 1 : 0);
  expect(mock.requests).toHaveLength(wasSent ? 1 : 0);
});

test("a body is cut in its middle, under the status and headers of the fault", async () => {
  const { mock, send } = startMock();
  mock.failNext({ fault: "cut", status: 500, headers: { "X-Test": "1" }, body: "0123456789" });
  const response = await send("GET /credentials");
  expect([response.status, response.headers.get("x-test")]).toEqual([500, "1"]);
  const reader = response.body?.getReader();
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("01234");
  await expect(reader?.read()).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
});

test("a call that hangs ends with the reason of its signal, and without a signal never", async () => {
  const { mock, url } = startMock();
  const controller = new AbortController();
  mock.failNext({ fault: "hang" });
  mock.failNext({ fault: "hang" });
  const calling = mock.options.fetch(url, { signal: controller.signal });
  const endless = mock.options.fetch(url);
  // When this one has its response, the others hang.
  const { status } = await mock.options.fetch(url);
  controller.abort("the user left");
  await expect(calling).rejects.toBe("the user left");
  expect(await Promise.race([endless, status])).toBe(401);
});

test("a fault is for the call that follows it, whatever else is called at the same time", async () => {
  const { mock, send } = startMock();
  const before = send("GET /credentials");
  mock.failNext({ fault: "status", status: 503 });
  const after = send("GET /credentials");
  expect([(await before).status, (await after).status]).toEqual([200, 503]);
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
