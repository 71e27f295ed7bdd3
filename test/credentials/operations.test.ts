import { createRolloutClient, createTokenSigner, RolloutApiError, RolloutResponseError } from "rollout-client";
import { createRolloutMock, createTestToken } from "rollout-client/testing";
import { describe, expect, inject, test } from "vitest";
import { rejection } from "../support/rejection.ts";

const token = createTokenSigner({ clientId: "client", clientSecret: "made-up secret" }).forUser("user_123");

describe("on the patched document, as Prism plays it,", () => {
  const start = () => createRolloutClient({ token, baseUrl: inject("prismUrl"), retry: false });

  test("list takes its filter, and returns credentials", async () => {
    const input = { appKey: "follow-up-boss", includeProfile: true, includeData: true };
    const credentials = await start().credentials.list(input, { headers: { Prefer: "example=credentials" } });
    expect(credentials).toMatchObject([{ id: "cred_01example", appKey: "follow-up-boss" }]);
  });

  test("update and delete resolve to undefined", async () => {
    const { credentials } = start();
    expect(await credentials.update("cred_1", { entitiesToSync: { tasks: true, notes: false } })).toBeUndefined();
    expect(await credentials.delete("cred_1")).toBeUndefined();
  });

  test("authorizeUrl returns the page to open", async () => {
    const input = { appKey: "hubspot", entitiesToSync: { tasks: true }, customParams: { domain: "example" } };
    expect(await start().credentials.authorizeUrl(input)).toEqual({
      url: "https://connect.example/oauth/authorize?state=req_01example",
      requestId: "req_01example",
    });
  });

  test("connectors.list returns the connectors with their app keys, in the order of the response", async () => {
    const connectors = await start().connectors.list();
    expect(connectors.map(({ appKey }) => appKey)).toEqual(["follow-up-boss", "hubspot", "lofty"]);
  });

  test("an error response is a RolloutApiError", async () => {
    const list = start().credentials.list({}, { headers: { Prefer: "code=403" } });
    const errors = [{ message: "Bad credentials." }];
    const expected = { code: "forbidden", method: "GET", path: "/credentials", errors };
    expect(await rejection(list, RolloutApiError)).toMatchObject(expected);
  });
});

/** A client of a server that gives each request the same response, and records it. */
function startServer(response: () => Response) {
  const requests: (readonly [string, unknown])[] = [];
  const traces: (string | null)[] = [];
  const fetch = async (url: string, { method, headers, body }: RequestInit): Promise<Response> => {
    requests.push([`${method} ${url}`, body ?? undefined]);
    traces.push(new Headers(headers).get("x-trace"));
    return response();
  };
  return {
    ...createRolloutClient({ token: "t", baseUrl: "https://a.example/api", fetch, retry: false }),
    requests,
    traces,
  };
}

const json = (value: unknown) => () => Response.json(value);

test("list sends its filter, and asks only for what is wanted", async () => {
  const { credentials, requests, traces } = startServer(json([]));
  await credentials.list();
  await credentials.list({ includeProfile: false, includeData: undefined });
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
  const { credentials, requests } = startServer(json({ url: "https://example.com", requestId: "r" }));
  await credentials.update("a/b?c", { entitiesToSync: { tasks: true } });
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

type Rollout = ReturnType<typeof startServer>;
const OPERATIONS = {
  list: ({ credentials }: Rollout) => credentials.list(),
  authorizeUrl: ({ credentials }: Rollout) => credentials.authorizeUrl({ appKey: "hubspot" }),
  connectors: ({ connectors }: Rollout) => connectors.list(),
};
const data = "data-secret-4417";

test.each<[keyof typeof OPERATIONS, unknown]>([
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
  ["connectors", "text"],
  ["connectors", { lofty: { name: "Lofty" }, gmail: "Gmail" }],
  ["connectors", { lofty: ["Lofty"] }],
])("%s refuses the response %j as invalid_response, and keeps it out of the error", async (operation, body) => {
  const rollout = startServer(json(body));
  const failure = await rejection(OPERATIONS[operation](rollout), RolloutResponseError);
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

test.each<[string, string, readonly unknown[]]>([
  ...["", ".", "..", "\ud800", undefined, null, 7, {}].flatMap((id): [string, string, unknown[]][] => [
    ["delete", "credentialId", [id]],
    ["update", "credentialId", [id, { entitiesToSync: {} }]],
  ]),
  ["update", "input", ["c", undefined]],
  ["update", "entitiesToSync", ["c", {}]],
  ["update", "entitiesToSync", ["c", { entitiesToSync: ["tasks"] }]],
  ["update", "entitiesToSync", ["c", { entitiesToSync: { tasks: "yes" } }]],
  ["update", "label", ["c", { entitiesToSync: {}, label: "x" }]],
  ["update", "plan", ["c", { entitiesToSync: {} }, { plan: "x" }]],
  ["delete", "plan", ["c", { plan: "x" }]],
  ["list", "appKey", [{ appKey: "" }]],
  ["list", "app", [{ app: "gmail" }]],
  ["list", "includeData", [{ includeData: "no" }]],
  ["list", "onOtp", [{}, { onOtp: null }]],
  ["list", "headers", [{}, { headers: { Authorization: "Bearer x" } }]],
  ["authorizeUrl", "input", [undefined]],
  ["authorizeUrl", "appKey", [{}]],
  ["authorizeUrl", "entitiesToSync", [{ appKey: "hubspot", entitiesToSync: true }]],
  ["authorizeUrl", "customParams", [{ appKey: "hubspot", customParams: "a=b" }]],
  ["authorizeUrl", "plan", [{ appKey: "hubspot" }, { plan: "x" }]],
  ["connectors", "timeout", [{ timeout: 0 }]],
  ["connectors", "plan", [{ plan: "x" }]],
])("%s with a wrong %s is refused before anything is sent: %j", async (operation, option, parameters) => {
  const { credentials, connectors, requests } = startServer(json([]));
  const operations = { ...credentials, connectors: connectors.list };
  const called: Promise<unknown> = Reflect.apply(Reflect.get(operations, operation), credentials, parameters);
  await expect(called).rejects.toMatchObject({ code: "invalid_config", option, mayHaveSucceeded: false });
  expect(requests).toEqual([]);
});

describe("after a lost connection", () => {
  function startMock() {
    const mock = createRolloutMock();
    mock.credentials.push({ id: "cred_1", appKey: "gmail", userId: "user_1", createdAt: new Date().toISOString() });
    const retry = { limit: 1, maxDelay: 0 };
    return { ...createRolloutClient({ token: createTestToken("user_1"), ...mock.options, retry }), mock };
  }

  test("list, update, delete and connectors.list are retried, as their methods are idempotent", async () => {
    const { credentials, connectors, mock } = startMock();
    for (const call of [
      () => credentials.list(),
      () => credentials.update("cred_1", { entitiesToSync: { tasks: true } }),
      () => connectors.list(),
      () => credentials.delete("cred_1"),
    ]) {
      mock.failNext({ fault: "reset" });
      await call();
    }
    expect(mock.requests).toHaveLength(8);
  });

  test("authorizeUrl is not retried, as POST is not", async () => {
    const { credentials, mock } = startMock();
    mock.failNext({ fault: "reset" });
    const expected = { code: "network", attempts: 1, mayHaveSucceeded: true };
    await expect(credentials.authorizeUrl({ appKey: "hubspot" })).rejects.toMatchObject(expected);
  });

  test("a delete whose first attempt may have taken effect says so when the retry finds nothing", async () => {
    const { credentials, mock } = startMock();
    mock.failNext({ fault: "reset", acted: true });
    await expect(credentials.delete("cred_1")).rejects.toMatchObject({ code: "not_found", mayHaveSucceeded: true });
  });
});

test("each operation takes a signal, whose reason it rejects with", async () => {
  const { credentials, connectors, requests } = startServer(json([]));
  const options = { signal: AbortSignal.abort("the user left") };
  for (const call of [
    credentials.list({}, options),
    credentials.update("c", { entitiesToSync: {} }, options),
    credentials.delete("c", options),
    credentials.authorizeUrl({ appKey: "hubspot" }, options),
    connectors.list(options),
  ]) {
    await expect(call).rejects.toBe("the user left");
  }
  expect(requests).toEqual([]);
});
