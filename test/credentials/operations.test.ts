import { createRolloutClient, RolloutResponseError } from "rollout-client";
import { expect, test } from "vitest";
import { rejection } from "../support/rejection.ts";

/** A client of a server that gives each request the same response, and records it. */
function startServer(response: () => Response) {
  const requests: (readonly [string, unknown])[] = [];
  const fetch = async (url: string, { method, headers, body }: RequestInit): Promise<Response> => {
    requests.push([`${method} ${url}`, body ?? new Headers(headers).get("x-trace")]);
    return response();
  };
  const rollout = createRolloutClient({ token: "t", baseUrl: "https://a.example", fetch, retry: false });
  const operations = { ...rollout.credentials, connectors: rollout.connectors.list };
  /** Calls an operation with any parameters, as JavaScript may. */
  const call = (operation: string, parameters: readonly unknown[]): Promise<unknown> =>
    Reflect.apply(Reflect.get(operations, operation), undefined, parameters);
  return { ...rollout, call, requests };
}

const input = { appKey: "gmail", userInputs: { apiKey: "key-8261" } };
const json = (value: unknown) => () => Response.json(value);
const filter = { appKey: "a&b", includeProfile: true, includeData: true };
const changes = { entitiesToSync: { tasks: true, notes: undefined } };
const authorization = { appKey: "hubspot", customParams: { a: [1] } };

test.each<[string, unknown[], string, string | null]>([
  ["list", [], "GET /credentials", null],
  ["list", [{ includeProfile: false, includeData: false }], "GET /credentials", null],
  [
    "list",
    [filter, { headers: { "X-Trace": "t1" } }],
    "GET /credentials?appKey=a%26b&includeProfile=true&includeData=true",
    "t1",
  ],
  ["update", ["a/b?c", changes], "PUT /credentials/a%2Fb%3Fc", '{"entitiesToSync":{"tasks":true}}'],
  ["delete", ["a/b&c"], "DELETE /credentials?credentialId=a%2Fb%26c", null],
  ["authorizeUrl", [authorization], "POST /oauth/authorize-url", JSON.stringify(authorization)],
])("%s of %j sends %s with %s", async (operation, parameters, sent, rest) => {
  const { call, requests } = startServer(json(operation === "list" ? [] : { url: "https://a.test", requestId: "r" }));
  await call(operation, parameters);
  expect(requests).toEqual([[sent.replace(" ", " https://a.example"), rest]]);
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
  ["list", null],
  ["list", [null]],
  ["list", [{ id: 2, data }]],
  ["authorizeUrl", { url: "https://example.com" }],
  ["authorizeUrl", { url: "/authorize", requestId: "r" }],
  ["authorizeUrl", { url: "javascript:alert(1)", requestId: "r" }],
  ["authorizeUrl", null],
  ["connectors", [{ name: "Lofty" }]],
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

const wrongIds = ["", ".", "..", "\ud800", undefined, null, 7, {}];
const wrongInputs = [null, "gmail", 7, []];
const update = { entitiesToSync: {} };

test.each<[string, string, string, readonly (readonly unknown[])[]]>([
  ["delete", "invalid_input", "credentialId", wrongIds.map((id) => [id])],
  ["update", "invalid_input", "credentialId", wrongIds.map((id) => [id, update])],
  ["create", "invalid_input", "input", wrongInputs.map((wrong) => [wrong])],
  ["list", "invalid_input", "input", wrongInputs.map((wrong) => [wrong])],
  ["authorizeUrl", "invalid_input", "input", wrongInputs.map((wrong) => [wrong])],
  ["update", "invalid_input", "input", wrongInputs.map((wrong) => ["c", wrong])],
  ["create", "invalid_input", "appKey", [undefined, "", 7].map((appKey) => [{ ...input, appKey }])],
  ["authorizeUrl", "invalid_input", "appKey", [undefined, "", 7].map((appKey) => [{ appKey }])],
  ["list", "invalid_input", "appKey", [[{ appKey: "" }]]],
  ["create", "invalid_input", "userInputs", wrongInputs.map((userInputs) => [{ ...input, userInputs }])],
  [
    "create",
    "invalid_input",
    "userInputs.apiKey",
    [undefined, null, 7, {}, ["a", 1]].map((apiKey) => [{ ...input, userInputs: { user: "kept", apiKey } }]),
  ],
  ["update", "invalid_input", "label", [["c", { ...update, label: "x" }]]],
  ["list", "invalid_input", "app", [[{ app: "gmail" }]]],
  ["authorizeUrl", "invalid_input", "plan", [[{ appKey: "hubspot", plan: "x" }]]],
  ["connectors", "invalid_input", "timeout", [[{ timeout: 0 }]]],
  ["create", "invalid_config", "onOTP", [[input, { onOTP: () => "1" }]]],
  ["create", "invalid_config", "onOtp", [[input, { onOtp: "1" }]]],
  ["create", "invalid_config", "confirm", [[input, { confirm: "yes" }]]],
  ["create", "invalid_config", "fetch", [[input, { fetch }]]],
  ["update", "invalid_config", "plan", [["c", update, { plan: "x" }]]],
  ["delete", "invalid_config", "plan", [["c", { plan: "x" }]]],
  ["list", "invalid_config", "onOtp", [[{}, { onOtp: null }]]],
  ["authorizeUrl", "invalid_config", "plan", [[{ appKey: "hubspot" }, { plan: "x" }]]],
  ["connectors", "invalid_config", "plan", [[{}, { plan: "x" }]]],
])("%s rejects with %s for a wrong %s before anything is sent", async (operation, code, option, calls) => {
  const { call, requests } = startServer(json([]));
  for (const parameters of calls) {
    const rejected = expect(call(operation, parameters), JSON.stringify(parameters)).rejects;
    await rejected.toMatchObject({ code, option, mayHaveSucceeded: false });
  }
  expect(requests).toEqual([]);
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
