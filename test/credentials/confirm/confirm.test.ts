import { RolloutApiError, type RolloutError } from "rollout-client";
import { describe, expect, test } from "vitest";
import { rejection } from "../../support/rejection.ts";
import { type Answer, answer, answerBytes, hang, writeAndClose, writeAndReset } from "../../support/socket-server.ts";
import { input, type StoredCredential, startRollout } from "./rollout-server.ts";

const HOUR = 3_600_000;
const HTML = "<html><h1>502 Bad Gateway</h1></html>";
const FAILED = answer(500, { errors: [{ message: "Something went wrong." }] });

const failures: readonly (readonly [string, Answer])[] = [
  ["500", FAILED],
  ["502 with HTML", answer(502, HTML, { "Content-Type": "text/html" })],
  ["a reset", writeAndReset()],
  ["silence", hang],
  ["a cut body", writeAndClose(answerBytes(200, '{"id":"cred', { "Content-Length": "17" }))],
  ["{}", answer(200, {})],
];
const clocks = [
  ["that agrees with the caller's", 0],
  ["an hour ahead", HOUR],
  ["an hour behind", -HOUR],
] as const;

describe.each(clocks)("with a server clock %s", (_clock, clockAhead) => {
  test.each(failures)(
    "a create that ends in %s, but took effect, resolves to its credential",
    async (_case, create) => {
      const {
        create: createCredential,
        credentials,
        sent,
      } = await startRollout({ create, clockAhead }, { timeout: 1_000 });
      await expect(createCredential(input, { confirm: true })).resolves.toEqual({ id: "cred_new" });
      expect(sent("POST")).toHaveLength(1);
      expect(sent("GET")).toEqual(["/credentials?appKey=follow-up-boss"]);
      expect(credentials.map(({ id }) => id)).toEqual(["cred_old", "cred_new"]);
    },
  );
});

test("the Date of the failed response is enough", async () => {
  const now = new Date(Date.now() + HOUR);
  const create = answer(500, {}, { Date: now.toUTCString() });
  const server = await startRollout({ create, clockAhead: HOUR, hasDate: false });
  await expect(server.create(input, { confirm: true })).resolves.toEqual({ id: "cred_new" });
});

test("a success is not looked up", async () => {
  const { create, sent } = await startRollout({ create: answer(200, { id: "cred_new" }) });
  await expect(create(input, { confirm: true })).resolves.toEqual({ id: "cred_new" });
  expect(sent("GET")).toEqual([]);
});

test("a clear failure is not looked up", async () => {
  const { create, sent } = await startRollout({ create: answer(400, {}) });
  await expect(create(input, { confirm: true })).rejects.toMatchObject({ code: "bad_request" });
  expect(sent("GET")).toEqual([]);
});

test.each([{}, { confirm: false }])("with %j, an unclear failure is not looked up", async (options) => {
  const { create, sent } = await startRollout({ create: FAILED });
  await expect(create(input, options)).rejects.toMatchObject({ code: "server_error", mayHaveSucceeded: true });
  expect(sent("GET")).toEqual([]);
});

test("each look has the headers and the timeout of the call", async () => {
  const { create, server } = await startRollout({ create: FAILED });
  await create(input, { confirm: true, headers: { "X-Trace": "t1" }, timeout: 5_000 });
  expect(server.requests.map(({ headers }) => headers.get("x-trace"))).toEqual(["t1", "t1"]);
});

const MESSAGE = expect.stringMatching(/Something went wrong\. .*check before you try again\.$/);

/** What stands however often the server is asked. */
async function expectFirstError(failure: RolloutError): Promise<void> {
  expect(failure).toMatchObject({ code: "server_error", status: 500, mayHaveSucceeded: true, message: MESSAGE });
  expect(failure).toMatchObject({ method: "POST", path: "/credentials", attempts: 1 });
}

test.each<[string, Partial<StoredCredential>]>([
  ["is missing", { createdAt: undefined }],
  ["is no date", { createdAt: "yesterday" }],
  ["is a number", { createdAt: Date.now() + HOUR }],
  ["has no time zone", { createdAt: "2999-01-15T09:30:00" }],
  ["is not in the calendar", { createdAt: "2999-13-45T09:30:00Z" }],
])("where a createdAt %s, the error stands, even beside the new credential", async (_case, broken) => {
  const created = (credential: StoredCredential) => [credential, { ...credential, id: "cred_broken", ...broken }];
  const { create, sent } = await startRollout({ create: FAILED, created });
  await expectFirstError(await rejection(create(input, { confirm: true }), RolloutApiError));
  expect(sent("GET")).toHaveLength(1);
});

test("where no response has a Date, the error stands", async () => {
  const { create, sent } = await startRollout({ create: FAILED, hasDate: false });
  await expectFirstError(await rejection(create(input, { confirm: true }), RolloutApiError));
  expect(sent("GET")).toHaveLength(1);
});

test.each<[string, Answer]>([
  ["fails", answer(403, { errors: [{ message: "Forbidden." }] })],
  ["is no list of credentials", answer(200, { credentials: [] })],
  ["cannot connect again", writeAndReset()],
])("where the list %s, the error of the create stands", async (_case, list) => {
  const { create } = await startRollout({ create: FAILED, list }, { retry: false });
  await expectFirstError(await rejection(create(input, { confirm: true }), RolloutApiError));
});

test("where several credentials are new, the error says so, and is the same otherwise", async () => {
  const created = (credential: StoredCredential) => [credential, { ...credential, id: "cred_other" }];
  const failed = answer(500, { errors: [{ message: "Something went wrong." }] }, { "X-Request-Id": "req_1" });
  const { create, sent } = await startRollout({ create: failed, created });
  const plain = await rejection((await startRollout({ create: failed })).create(input), RolloutApiError);
  const failure = await rejection(create(input, { confirm: true }), RolloutApiError);
  expect(failure.message).toBe(`${plain.message} 2 credentials of this app were created since the call began.`);
  const { message: _message, ...fields } = failure.toJSON();
  expect(fields).toMatchObject({ name: "RolloutApiError", code: "server_error", requestId: "req_1", attempts: 1 });
  expect(Object.keys(failure)).toEqual(Object.keys(plain));
  expect(sent("GET")).toHaveLength(1);
});

test("a credential of another app is not taken for the new one, where the server ignores the filter", async () => {
  const created = (credential: StoredCredential) => [
    { ...credential, id: "cred_foreign", appKey: "lofty" },
    credential,
  ];
  const { create } = await startRollout({ create: FAILED, created });
  await expect(create(input, { confirm: true })).resolves.toEqual({ id: "cred_new" });
});

test("an abort while it looks ends everything with the caller's reason", async () => {
  const controller = new AbortController();
  const { create, server } = await startRollout({ create: FAILED, list: hang });
  const creating = create(input, { confirm: true, signal: controller.signal });
  await server.received(2);
  controller.abort("the user left");
  await expect(creating).rejects.toBe("the user left");
  await server.closed();
});

test("an abort of the create is not looked up", async () => {
  const controller = new AbortController();
  const { create, server, sent } = await startRollout({ create: hang });
  const creating = create(input, { confirm: true, signal: controller.signal });
  await server.received(1);
  controller.abort("the user left");
  await expect(creating).rejects.toBe("the user left");
  expect(sent("GET")).toEqual([]);
});

test("confirm must be a boolean", async () => {
  const { create, server } = await startRollout({ create: FAILED });
  // @ts-expect-error a string, as JavaScript may send it
  await expect(create(input, { confirm: "yes" })).rejects.toMatchObject({ code: "invalid_config", option: "confirm" });
  expect(server.requests).toEqual([]);
});

test("the data of a listed credential is in no error and no log line", async () => {
  const lines: string[] = [];
  const logger = { debug: (line: string) => lines.push(line), warn: (line: string) => lines.push(line) };
  const created = (credential: StoredCredential) =>
    ["cred_a", "cred_b"].map((id) => ({ ...credential, id, data: { password: "data-secret-4417" } }));
  const { create } = await startRollout({ create: FAILED, created }, { logger });
  const failure = await rejection(create(input, { confirm: true }), RolloutApiError);
  expect(lines.length).toBeGreaterThan(0);
  expect(`${JSON.stringify(failure)} ${failure.stack} ${lines.join()}`).not.toContain("data-secret-4417");
});
