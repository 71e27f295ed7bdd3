import { createRolloutClient, createTokenSigner, RolloutApiError, RolloutResponseError } from "rollout-client";
import { describe, expect, inject, test } from "vitest";
import { type Answer, json, startHttpServer } from "../support/http-server.ts";
import { rejection } from "../support/rejection.ts";
import { answerBytes, answer as respond, startSocketServer, writeAndReset } from "../support/socket-server.ts";

const token = createTokenSigner({ clientId: "client", clientSecret: "made-up secret" }).forUser("user_123");

describe("against Prism, on the patched document,", () => {
  const start = () => createRolloutClient({ token, baseUrl: inject("prismUrl"), retry: false });

  test("list takes its filter, and returns credentials", async () => {
    const input = { appKey: "follow-up-boss", includeProfile: true, includeData: true };
    const credentials = await start().credentials.list(input, { headers: { Prefer: "example=credentials" } });
    expect(credentials).toMatchObject([{ id: "cred_01example", appKey: "follow-up-boss" }]);
    expect(await start().credentials.list({}, { headers: { Prefer: "example=none" } })).toEqual([]);
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
    expect(connectors.map(({ appKey, name }) => [appKey, name])).toEqual([
      ["follow-up-boss", "Follow Up Boss"],
      ["hubspot", "HubSpot"],
      ["lofty", "Lofty"],
    ]);
  });

  test("an error response is a RolloutApiError", async () => {
    const list = start().credentials.list({}, { headers: { Prefer: "code=403" } });
    expect(await rejection(list, RolloutApiError)).toMatchObject({
      code: "forbidden",
      method: "GET",
      path: "/credentials",
      errors: [{ message: "Bad credentials." }],
    });
  });
});

async function startServer(answer: Answer) {
  const server = await startHttpServer(() => answer);
  const rollout = createRolloutClient({ token: "token-5524", baseUrl: `${server.url}/api`, retry: false });
  return { ...rollout, server };
}

describe("the request", () => {
  test("of list has the filter, and asks only for what is wanted", async () => {
    const { credentials, server } = await startServer(json([]));
    await credentials.list();
    await credentials.list({ includeProfile: false, includeData: undefined });
    await credentials.list(
      { appKey: "a&b", includeProfile: true, includeData: true },
      { headers: { "X-Trace": "t1" } },
    );
    expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "GET /api/credentials",
      "GET /api/credentials",
      "GET /api/credentials?appKey=a%26b&includeProfile=true&includeData=true",
    ]);
    expect(server.requests.map(({ headers }) => headers["x-trace"])).toEqual([undefined, undefined, "t1"]);
  });

  test("of update and delete has the id, encoded", async () => {
    const { credentials, server } = await startServer({ status: 200 });
    await credentials.update("a/b?c", { entitiesToSync: { tasks: true } });
    await credentials.delete("a/b&c");
    expect(server.requests.map(({ method, url, body }) => [`${method} ${url}`, body])).toEqual([
      ["PUT /api/credentials/a%2Fb%3Fc", '{"entitiesToSync":{"tasks":true}}'],
      ["DELETE /api/credentials?credentialId=a%2Fb%26c", ""],
    ]);
  });

  test("of authorizeUrl has the input as its body", async () => {
    const { credentials, server } = await startServer(json({ url: "https://example.com", requestId: "r" }));
    const input = { appKey: "hubspot", customParams: { a: [1] } };
    await credentials.authorizeUrl(input);
    expect(server.requests.map(({ method, url, body }) => [`${method} ${url}`, JSON.parse(body)])).toEqual([
      ["POST /api/oauth/authorize-url", input],
    ]);
  });
});

test.each<[string, Answer]>([
  ["nothing", { status: 200 }],
  ["nothing, with 204", { status: 204 }],
  ["text", { status: 200, body: "OK" }],
  ["HTML that says it is JSON", { status: 201, headers: { "Content-Type": "application/json" }, body: "<p>OK</p>" }],
  ["bytes that are not UTF-8", { status: 200, body: new Uint8Array([0xff, 0xfe]) }],
  ["JSON", json({ ok: true })],
])("update and delete succeed with a response of %s", async (_case, answer) => {
  const { credentials } = await startServer(answer);
  expect(await credentials.update("cred_1", { entitiesToSync: {} })).toBeUndefined();
  expect(await credentials.delete("cred_1")).toBeUndefined();
});

type Rollout = Awaited<ReturnType<typeof startServer>>;
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
  [
    "list",
    [
      { id: "cred_1", data },
      { id: 2, data },
    ],
  ],
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
  const rollout = await startServer(json(body));
  const failure = await rejection(OPERATIONS[operation](rollout), RolloutResponseError);
  expect(failure).toMatchObject({ code: "invalid_response", status: 200 });
  expect(`${JSON.stringify(failure)} ${failure.stack}`).not.toContain(data);
});

test("the app key of a connector is its key, whatever the connector says", async () => {
  const { connectors } = await startServer(json({ zillow: { appKey: "other", name: "Z" }, airbnb: { name: "A" } }));
  expect((await connectors.list()).map(({ appKey, name }) => [appKey, name])).toEqual([
    ["zillow", "Z"],
    ["airbnb", "A"],
  ]);
});

const IDS: readonly unknown[] = ["", ".", "..", "\ud800", undefined, null, 7, {}];
// What JavaScript may pass: the types refuse it.
const unchecked = (value: unknown): never => value as never;

test.each<[string, string, (rollout: Rollout) => Promise<unknown>]>([
  ...IDS.flatMap((id): [string, string, (rollout: Rollout) => Promise<unknown>][] => [
    [`delete(${JSON.stringify(id)})`, "credentialId", ({ credentials }) => credentials.delete(unchecked(id))],
    [
      `update(${JSON.stringify(id)})`,
      "credentialId",
      ({ credentials }) => credentials.update(unchecked(id), { entitiesToSync: {} }),
    ],
  ]),
  ["update without input", "input", ({ credentials }) => credentials.update("c", unchecked(undefined))],
  ["update without entities", "entitiesToSync", ({ credentials }) => credentials.update("c", unchecked({}))],
  [
    "update with entities in a list",
    "entitiesToSync",
    ({ credentials }) => credentials.update("c", unchecked({ entitiesToSync: ["tasks"] })),
  ],
  [
    "update with an entity that is no boolean",
    "entitiesToSync",
    ({ credentials }) => credentials.update("c", unchecked({ entitiesToSync: { tasks: "yes" } })),
  ],
  [
    "update with an unknown key",
    "label",
    ({ credentials }) => credentials.update("c", unchecked({ entitiesToSync: {}, label: "x" })),
  ],
  ["list with an empty appKey", "appKey", ({ credentials }) => credentials.list({ appKey: "" })],
  ["list with an unknown key", "app", ({ credentials }) => credentials.list(unchecked({ app: "gmail" }))],
  ["list with text as a flag", "includeData", ({ credentials }) => credentials.list(unchecked({ includeData: "no" }))],
  ["list with an unknown option", "onOtp", ({ credentials }) => credentials.list({}, unchecked({ onOtp: null }))],
  ["authorizeUrl without input", "input", ({ credentials }) => credentials.authorizeUrl(unchecked(undefined))],
  ["authorizeUrl without an appKey", "appKey", ({ credentials }) => credentials.authorizeUrl(unchecked({}))],
  [
    "authorizeUrl with entities that are no object",
    "entitiesToSync",
    ({ credentials }) => credentials.authorizeUrl(unchecked({ appKey: "hubspot", entitiesToSync: true })),
  ],
  [
    "authorizeUrl with customParams that are no object",
    "customParams",
    ({ credentials }) => credentials.authorizeUrl(unchecked({ appKey: "hubspot", customParams: "a=b" })),
  ],
  ["connectors.list with a wrong timeout", "timeout", ({ connectors }) => connectors.list({ timeout: 0 })],
  ["connectors.list with an unknown option", "plan", ({ connectors }) => connectors.list(unchecked({ plan: "x" }))],
  [
    "list with an Authorization header",
    "headers",
    ({ credentials }) => credentials.list({}, { headers: { Authorization: "Bearer x" } }),
  ],
])("%s is refused before anything is sent", async (_case, option, call) => {
  const rollout = await startServer(json([]));
  await expect(call(rollout)).rejects.toMatchObject({ code: "invalid_config", option, mayHaveSucceeded: false });
  expect(rollout.server.requests).toEqual([]);
});

describe("after a lost connection", () => {
  async function startFlaky(success: unknown) {
    const server = await startSocketServer(writeAndReset(), respond(200, success));
    const options = { token: "token-5524", baseUrl: server.url, retry: { limit: 1, maxDelay: 0 } };
    return { ...createRolloutClient(options), server };
  }

  test("list, update, delete and connectors.list are retried, as their methods are idempotent", async () => {
    expect(await (await startFlaky([])).credentials.list()).toEqual([]);
    expect(await (await startFlaky({})).connectors.list()).toEqual([]);
    await (await startFlaky("")).credentials.update("cred_1", { entitiesToSync: {} });
    await (await startFlaky("")).credentials.delete("cred_1");
  });

  test("authorizeUrl is not retried, as POST is not", async () => {
    const { credentials, server } = await startFlaky({});
    await expect(credentials.authorizeUrl({ appKey: "hubspot" })).rejects.toMatchObject({
      code: "network",
      attempts: 1,
      mayHaveSucceeded: true,
    });
    expect(server.requests).toHaveLength(1);
  });

  test("a delete whose first attempt may have taken effect says so when the retry finds nothing", async () => {
    const server = await startSocketServer(writeAndReset(), (socket) => socket.write(answerBytes(404, "{}")));
    const { credentials } = createRolloutClient({
      token: "token-5524",
      baseUrl: server.url,
      retry: { limit: 1, maxDelay: 0 },
    });
    await expect(credentials.delete("cred_1")).rejects.toMatchObject({ code: "not_found", mayHaveSucceeded: true });
  });
});

test("each operation takes a signal, whose reason it rejects with", async () => {
  const { credentials, connectors, server } = await startServer(json([]));
  const options = { signal: AbortSignal.abort("the user left") };
  await expect(credentials.list({}, options)).rejects.toBe("the user left");
  await expect(credentials.update("c", { entitiesToSync: {} }, options)).rejects.toBe("the user left");
  await expect(credentials.delete("c", options)).rejects.toBe("the user left");
  await expect(credentials.authorizeUrl({ appKey: "hubspot" }, options)).rejects.toBe("the user left");
  await expect(connectors.list(options)).rejects.toBe("the user left");
  expect(server.requests).toEqual([]);
});
