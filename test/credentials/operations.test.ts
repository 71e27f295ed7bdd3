import { createRolloutClient, RolloutResponseError } from "rollout-client";
import { createRolloutMock, createTestToken } from "rollout-client/testing";
import { expect, test } from "vitest";
import { rejection } from "../support/rejection.ts";

/** A client of a server that gives each request the same response, and records it. */
function startServer(response: () => Response) {
  const requests: (readonly [string, unknown])[] = [];
  const traces: (string | null)[] = [];
  const fetch = async (url: string, { method, headers, body }: RequestInit): Promise<Response> => {
    requests.push([`${method} ${url}`, body ?? undefined]);
    traces.push(new Headers(headers).get("x-trace"));
    return response();
  };
  const rollout = createRolloutClient({ token: "t", baseUrl: "https://a.example/api", fetch, retry: false });
  const operations = { ...rollout.credentials, connectors: rollout.connectors.list };
  /** Calls an operation with any parameters, as JavaScript may. */
  const call = (operation: string, parameters: readonly unknown[]): Promise<unknown> =>
    Reflect.apply(Reflect.get(operations, operation), undefined, parameters);
  return { ...rollout, call, requests, traces };
}

const json = (value: unknown) => () => Response.json(value);

test("list sends its filter, and asks only for what the caller chose", async () => {
  const { credentials, requests, traces } = startServer(json([]));
  await credentials.list();
  await credentials.list({ includeProfile: false, includeData: false });
  const input = { appKey: "a&b", includeProfile: true, includeData: true };
  await credentials.list(input, { headers: { "X-Trace": "t1" } });
  expect(requests.map(([line]) => line)).toEqual([
    "GET https://a.example/api/credentials",
    "GET https://a.example/api/credentials",
    "GET https://a.example/api/credentials?appKey=a%26b&includeProfile=true&includeData=true",
  ]);
  expect(traces).toEqual([null, null, "t1"]);
});

test("update and delete send the id, encoded, and authorizeUrl its input", async () => {
  const { call, credentials, requests } = startServer(json({ url: "https://example.com", requestId: "r" }));
  await call("update", ["a/b?c", { entitiesToSync: { tasks: true, notes: undefined } }]);
  await credentials.delete("a/b&c");
  await credentials.authorizeUrl({ appKey: "hubspot", customParams: { a: [1] } });
  expect(requests).toEqual([
    ["PUT https://a.example/api/credentials/a%2Fb%3Fc", '{"entitiesToSync":{"tasks":true}}'],
    ["DELETE https://a.example/api/credentials?credentialId=a%2Fb%26c", undefined],
    ["POST https://a.example/api/oauth/authorize-url", '{"appKey":"hubspot","customParams":{"a":[1]}}'],
  ]);
});

test.each<[string, () => Response]>([
  ["nothing, with 204", () => new Response(null, { status: 204 })],
  ["HTML that says it is JSON", () => new Response("<p>OK</p>", { headers: { "Content-Type": "application/json" } })],
  ["bytes that are not UTF-8", () => new Response(new Uint8Array([0xff, 0xfe]))],
  ["JSON", json({ ok: true })],
])("update and delete succeed with a response of %s", async (_case, response) => {
  const { credentials } = startServer(response);
  expect(await credentials.update("cred_1", { entitiesToSync: {} })).toBeUndefined();
  expect(await credentials.delete("cred_1")).toBeUndefined();
});

const data = "data-secret-4417";

test.each<[string, unknown]>([
  ["list", { credentials: [] }],
  ["list", null],
  ["list", [null]],
  ["list", [{ id: 2, data }]],
  ["authorizeUrl", { url: "https://example.com" }],
  ["authorizeUrl", { url: "https://example.com", requestId: 7 }],
  ["authorizeUrl", { url: "/authorize", requestId: "r" }],
  ["authorizeUrl", { url: "javascript:alert(1)", requestId: "r" }],
  ["authorizeUrl", null],
  ["connectors", [{ name: "Lofty" }]],
  ["connectors", null],
  ["connectors", { lofty: { name: "Lofty" }, gmail: "Gmail" }],
  ["connectors", { lofty: ["Lofty"] }],
])("%s refuses the response %j as invalid_response, and keeps it out of the error", async (operation, body) => {
  const called = startServer(json(body)).call(operation, operation === "authorizeUrl" ? [{ appKey: "hubspot" }] : []);
  const failure = await rejection(called, RolloutResponseError);
  expect(failure).toMatchObject({ code: "invalid_response", status: 200 });
  expect(`${JSON.stringify(failure)} ${failure.stack}`).not.toContain(data);
});

test("the app key of a connector is its key, whatever the connector says", async () => {
  const { connectors } = startServer(json({ zillow: { appKey: "other", name: "Z" }, airbnb: { name: "A" } }));
  expect((await connectors.list()).map(({ appKey, name }) => [appKey, name])).toEqual([
    ["zillow", "Z"],
    ["airbnb", "A"],
  ]);
});

test.each<[string, string, string, readonly unknown[]]>([
  ...["", ".", "..", "\ud800", undefined, null, 7, {}].flatMap((id): [string, string, string, unknown[]][] => [
    ["delete", "invalid_input", "credentialId", [id]],
    ["update", "invalid_input", "credentialId", [id, { entitiesToSync: {} }]],
  ]),
  ...["create", "update", "list", "authorizeUrl"].flatMap((operation): [string, string, string, unknown[]][] => {
    const before = operation === "update" ? ["c"] : [];
    return [null, "gmail", 7, []].map((input) => [operation, "invalid_input", "input", [...before, input]]);
  }),
  ...[undefined, "", 7].flatMap((appKey): [string, string, string, unknown[]][] => [
    ["create", "invalid_input", "appKey", [{ appKey, userInputs: {} }]],
    ["authorizeUrl", "invalid_input", "appKey", [{ appKey }]],
  ]),
  ["list", "invalid_input", "appKey", [{ appKey: "" }]],
  ...[undefined, null, "key", ["key"]].map((userInputs): [string, string, string, unknown[]] => [
    "create",
    "invalid_input",
    "userInputs",
    [{ appKey: "gmail", userInputs }],
  ]),
  ...[undefined, null, 7, { a: "b" }, ["a", 1]].map((apiKey): [string, string, string, unknown[]] => [
    "create",
    "invalid_input",
    "userInputs.apiKey",
    [{ appKey: "gmail", userInputs: { user: "kept", apiKey } }],
  ]),
  ["update", "invalid_input", "label", ["c", { entitiesToSync: {}, label: "x" }]],
  ["list", "invalid_input", "app", [{ app: "gmail" }]],
  ["authorizeUrl", "invalid_input", "plan", [{ appKey: "hubspot", plan: "x" }]],
  ["update", "invalid_config", "plan", ["c", { entitiesToSync: {} }, { plan: "x" }]],
  ["delete", "invalid_config", "plan", ["c", { plan: "x" }]],
  ["list", "invalid_config", "onOtp", [{}, { onOtp: null }]],
  ["list", "invalid_config", "headers", [{}, { headers: { Authorization: "Bearer x" } }]],
  ["authorizeUrl", "invalid_config", "plan", [{ appKey: "hubspot" }, { plan: "x" }]],
  ["connectors", "invalid_input", "timeout", [{ timeout: 0 }]],
  ["connectors", "invalid_config", "plan", [{}, { plan: "x" }]],
])("%s rejects with %s for a wrong %s before anything is sent: %j", async (operation, code, option, parameters) => {
  const { call, requests } = startServer(json([]));
  await expect(call(operation, parameters)).rejects.toMatchObject({ code, option, mayHaveSucceeded: false });
  expect(requests).toEqual([]);
});

test("a delete whose first attempt may have taken effect says so when the retry finds nothing", async () => {
  const mock = createRolloutMock();
  mock.credentials.push({ id: "cred_1", appKey: "gmail", userId: "user_1", createdAt: new Date().toISOString() });
  const retry = { limit: 1, maxDelay: 0 };
  const { credentials } = createRolloutClient({ token: createTestToken("user_1"), ...mock.options, retry });
  mock.failNext({ fault: "reset", acted: true });
  await expect(credentials.delete("cred_1")).rejects.toMatchObject({ code: "not_found", mayHaveSucceeded: true });
});

test.each<[string, unknown[]]>([
  ["list", [{}]],
  ["update", ["c", { entitiesToSync: {} }]],
  ["delete", ["c"]],
  ["authorizeUrl", [{ appKey: "hubspot" }]],
  ["connectors", [{}]],
])("%s takes a signal, whose reason it rejects with", async (operation, parameters) => {
  const { call, requests } = startServer(json([]));
  const signal = AbortSignal.abort("the user left");
  await expect(call(operation, [...parameters, { signal }])).rejects.toBe("the user left");
  expect(requests).toEqual([]);
});
