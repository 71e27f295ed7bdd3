import createClient, { wrapAsPathBasedClient } from "openapi-fetch";
import {
  createRolloutApi,
  type FetchFunction,
  type RolloutApi,
  RolloutApiError,
  RolloutConfigError,
  unwrap,
} from "rollout-client";
import { describe, expect, type Mock, onTestFinished, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";
import { json, type PlainResponse, startHttpServer, startSocketServer, writeAndClose } from "../support/servers.ts";
import { type ThingPaths, thing } from "../support/things.ts";

const token = "made-up";

test("a method may be given by name, in lowercase too", async () => {
  const server = await startHttpServer();
  const api = createRolloutApi<ThingPaths>({ token, baseUrl: server.url });
  expect(unwrap(await api.request("get", "/things"))).toEqual({ id: "cred_1" });
  expect(server.requests).toMatchObject([{ method: "GET", url: "/things" }]);
});

test("each method of an api sends the HTTP method of its name", async () => {
  const fetch = vi.fn<FetchFunction>(async () => new Response(null));
  const api = createRolloutApi<ThingPaths>({ token, baseUrl: "https://example.com", fetch });
  const names = ["GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH"] as const;
  for (const name of names) await Reflect.apply(api[name], api, ["/things", { parseAs: "stream" }]);
  expect(fetch.mock.calls.map(([, { method }]) => method)).toEqual(names);
});

type TracePaths = { "/things": ThingPaths["/things"] & { trace: ThingPaths["/things"]["get"] } };

test.each<[string, (api: RolloutApi<TracePaths>) => Promise<unknown>, string, string]>([
  ["a method that fetch forbids", (api) => api.TRACE("/things"), "invalid_config", "request"],
  ["a body where fetch forbids one", (api) => api.GET("/things", { body: thing }), "invalid_config", "request"],
  ["null as path", (api) => Reflect.apply(api.GET, api, [null]), "invalid_input", "path"],
  ["an empty path", (api) => Reflect.apply(api.GET, api, [""]), "invalid_input", "path"],
  ["no method", (api) => Reflect.apply(api.request, api, [undefined, "/things"]), "invalid_input", "method"],
])("%s is a RolloutConfigError, and nothing is sent", async (_case, call, code, option) => {
  const server = await startHttpServer();
  const api = createRolloutApi<TracePaths>({ token, baseUrl: server.url, retry: false });
  expect(await rejection(call(api), RolloutConfigError)).toMatchObject({ code, option, mayHaveSucceeded: false });
  expect(server.requests).toEqual([]);
});

test("the init of a call may be null, as with openapi-fetch", async () => {
  const fetch = vi.fn(async () => Response.json([]));
  const api = createRolloutApi<ThingPaths>({ token, baseUrl: "https://example.com", fetch });
  await Reflect.apply(api.GET, api, ["/things", null]);
  expect(fetch).toHaveBeenCalledTimes(1);
});

test("parameters of the path, the query and the header are sent, and none takes the token's place", async () => {
  const server = await startHttpServer();
  const api = createRolloutApi<Record<"/things/{id}", ThingPaths["/things"]>>({ token, baseUrl: `${server.url}/api` });
  const path = { id: "a/b c?\u00e9..%2e" };
  const query = { limit: 10, fields: ["id", "na&me"], includeTrash: false };
  // @ts-expect-error the document has no such parameters
  await api.GET("/things/{id}", { params: { path, query, header: { "X-Sort": "name", Authorization: "another" } } });
  expect(server.requests).toMatchObject([
    {
      url: "/api/things/a%2Fb%20c%3F%C3%A9..%252e?limit=10&fields=id&fields=na%26me&includeTrash=false",
      headers: { "x-sort": "name", authorization: "Bearer made-up" },
    },
  ]);
});

describe("a response", () => {
  const text = '{"name":"a thing"}';

  async function thingsApi(): Promise<RolloutApi<ThingPaths>> {
    const server = await startHttpServer(() => ({ headers: { "Content-Type": "application/json" }, body: text }));
    return createRolloutApi<ThingPaths>({ token, baseUrl: server.url });
  }

  test("is parsed as parseAs says", async () => {
    const api = await thingsApi();
    expect(unwrap(await api.GET("/things"))).toEqual({ name: "a thing" });
    expect(unwrap(await api.GET("/things", { parseAs: "text" }))).toBe(text);
    expect(await new Response(unwrap(await api.GET("/things", { parseAs: "stream" }))).text()).toBe(text);
    const blob = unwrap(await api.GET("/things", { parseAs: "blob" }));
    expect([blob.type, await blob.text()]).toEqual(["application/json", text]);
    expect(new TextDecoder().decode(unwrap(await api.GET("/things", { parseAs: "arrayBuffer" })))).toBe(text);
  });

  test("has been read when the call resolves, and has the URL it came from", async () => {
    const { response } = await (await thingsApi()).GET("/things");
    expect(response).toBeInstanceOf(Response);
    expect(response.url).toMatch(/\/things$/);
    expect(response.bodyUsed).toBe(true);
    await expect(response.text()).rejects.toThrow(TypeError);
    await expect(response.json()).rejects.toThrow(TypeError);
  });

  test.each([204, 205])("without a body may have the status %i", async (status) => {
    const server = await startHttpServer(() => ({ status }));
    const api = createRolloutApi<ThingPaths>({ token, baseUrl: server.url });
    expect((await api.GET("/things", { parseAs: "text" })).response.status).toBe(status);
  });
});

test("an api wrapped as a path-based client works the same", async () => {
  const fetch = async () => Response.json({}, { status: 409 });
  const client = wrapAsPathBasedClient(createRolloutApi<ThingPaths>({ token, baseUrl: "https://example.com", fetch }));
  const conflict = await client["/things"].PUT({ body: thing });
  expect(await rejection(() => unwrap(conflict), RolloutApiError)).toMatchObject({ method: "PUT", path: "/things" });
});

test.each(["gzip", "br", "deflate"])("a success without a byte, said to be in %s, has no data", async (encoding) => {
  const server = await startSocketServer(
    writeAndClose(`HTTP/1.1 200 OK\r\nContent-Encoding: ${encoding}\r\nContent-Length: 0\r\n\r\n`),
  );
  const api = createRolloutApi<ThingPaths>({ token, baseUrl: server.url });
  for (const method of ["get", "post", "head"] as const) {
    const { data, response } = await api.request(method, "/things");
    expect([data, response.status]).toEqual([undefined, 200]);
  }
});

test.each([
  ["json", "application/json"],
  ["text", "*/*"],
  ["blob", "*/*"],
  ["arrayBuffer", "*/*"],
  ["stream", "*/*"],
] as const)("with parseAs: %s, Accept is %s, unless the client or the call names one", async (parseAs, accept) => {
  const server = await startHttpServer();
  const api = createRolloutApi<ThingPaths>({ token, baseUrl: server.url });
  const own = createRolloutApi<ThingPaths>({ token, baseUrl: server.url, headers: { Accept: "text/client" } });
  await api.GET("/things", { parseAs });
  await api.GET("/things", { parseAs, headers: { Accept: ["text/call", "text/other"] } });
  await own.GET("/things", { parseAs });
  await own.GET("/things", { parseAs, headers: { accept: ["text/call"] } });
  const sent = server.requests.map(({ headers }) => headers.accept);
  expect(sent).toEqual([accept, "text/call, text/other", "text/client", "text/call"]);
});

test.each(["json", "text"] as const)("with parseAs: %s, an Accept of null is none", async (parseAs) => {
  const fetch = vi.fn<FetchFunction>(async () => Response.json({}));
  const api = createRolloutApi<ThingPaths>({ token: "made-up", baseUrl: "https://rollout.test", fetch });
  await api.GET("/things", { parseAs, headers: { Accept: null } });
  expect(fetch.mock.lastCall?.[1].headers.has("accept")).toBe(false);
});

test("Content-Type: null removes the client's, and that of the default", async () => {
  const server = await startHttpServer();
  const types = { "Content-Type": "text/client" };
  const removed = { "Content-Type": null };
  for (const [headers, ofCall] of [[{}], [types], [types, removed], [removed], [removed, types]]) {
    const api = createRolloutApi<ThingPaths>({ token, baseUrl: server.url, headers });
    await Reflect.apply(api.POST, api, ["/things", { body: thing, headers: ofCall }]);
  }
  // What fetch adds to a text.
  const none = "text/plain;charset=UTF-8";
  const sent = server.requests.map(({ headers }) => headers["content-type"]);
  expect(sent).toEqual(["application/json", "text/client", none, none, "text/client"]);
});

describe("fetch is called with a URL and an init:", () => {
  const baseUrl = "https://example.com/api";
  const custom = { dispatcher: { name: "made-up" }, cache: "no-store" } as const;
  const init = {
    ...custom,
    method: "POST",
    headers: expect.any(Headers),
    body: JSON.stringify(thing),
    redirect: "manual",
    signal: expect.any(AbortSignal),
  };

  /** What was given to fetch. */
  function callOf(fetch: Mock<typeof globalThis.fetch>) {
    expect(fetch).toHaveBeenCalledTimes(1);
    const [url, given] = fetch.mock.calls[0] ?? [];
    expect(url).toBe(`${baseUrl}/things`);
    expect(new Headers(given?.headers).get("Authorization")).toBe("Bearer made-up");
    return given;
  }

  test("that of a call rather than that of the client", async () => {
    const ofClient = vi.fn<typeof globalThis.fetch>();
    const ofCall = vi.fn<typeof globalThis.fetch>(async () => Response.json({ id: "1" }));
    const api = createRolloutApi<ThingPaths>({ token, baseUrl, fetch: ofClient });
    expect(unwrap(await api.request("post", "/things", { body: thing, ...custom, fetch: ofCall }))).toEqual({
      id: "1",
    });
    expect(callOf(ofCall)).toEqual(init);
    expect(ofClient).not.toHaveBeenCalled();
  });

  test.each([
    ["keeps", (request: Request) => void request],
    ["replaces", (request: Request) => new Request(request)],
  ])("with the same members, and bytes for the body, where middleware %s the request", async (_case, replace) => {
    const fetch = vi.fn<typeof globalThis.fetch>(async () => Response.json({ id: "1" }));
    const api = createRolloutApi<ThingPaths>({ token, baseUrl, fetch });
    const onRequest = vi.fn(({ request }: { request: Request }) => replace(request));
    api.use({ onRequest });
    await api.request("post", "/things", { body: thing, ...custom, headers: { "X-A": "b" }, parseAs: "text" });
    expect(callOf(fetch)).toEqual({ ...init, body: new TextEncoder().encode(init.body).buffer });
    expect(onRequest).toHaveBeenCalledTimes(1);
  });

  test("without a body, where middleware took it away", async () => {
    const fetch = vi.fn<typeof globalThis.fetch>(async () => Response.json({ id: "1" }));
    const api = createRolloutApi<ThingPaths>({ token, baseUrl, fetch });
    api.use({ onRequest: ({ request: { url } }) => new Request(url) });
    await api.POST("/things", { body: thing });
    expect(callOf(fetch)).toEqual({ ...init, method: "GET", body: undefined, dispatcher: undefined, cache: undefined });
  });

  test("what stands in for the platform's, even if it does so after the client was created", async () => {
    const api = createRolloutApi<ThingPaths>({ token, baseUrl });
    const standIn = vi.fn<typeof globalThis.fetch>(async () => Response.json({ id: "1" }));
    vi.stubGlobal("fetch", standIn);
    onTestFinished(() => void vi.unstubAllGlobals());
    expect(unwrap(await api.POST("/things", { body: thing, ...custom }))).toEqual({ id: "1" });
    expect(callOf(standIn)).toEqual(init);
  });
});

const responses: Readonly<Record<string, PlainResponse>> = {
  null: json(null),
  false: json(false),
  0: json(0),
  "an empty body": { headers: { "Content-Length": "0" } },
  "an empty body, in chunks": { headers: { "Transfer-Encoding": "chunked" } },
};

describe("unwrap", () => {
  /** The result of a POST to a server that responds like this. */
  async function resultOf(response: PlainResponse) {
    const server = await startHttpServer(() => response);
    const api = createRolloutApi<ThingPaths>({ token, baseUrl: server.url, retry: false });
    return api.POST("/things", { body: thing });
  }

  test.each([
    ["null", null],
    ["false", false],
    ["0", 0],
    ["an empty body", undefined],
    ["an empty body, in chunks", undefined],
  ])("goes by the status, whatever the body: %s", async (body, expected) => {
    expect(unwrap(await resultOf({ ...responses[body], status: 201 }))).toBe(expected);
    const result = await resultOf({ ...responses[body], status: 500 });
    // A falsy error is replaced, so that `if (error)` finds every failure.
    expect(result.error).toBeInstanceOf(RolloutApiError);
    const failure = await rejection(() => unwrap(result), RolloutApiError);
    expect(failure).toBe(result.error);
    expect(failure).toMatchObject({ code: "server_error", errors: [], mayHaveSucceeded: true });
    expect(failure.body).toBe(expected);
  });

  test("throws a RolloutApiError with the call, the response and the request id", async () => {
    const body = { errors: [{ message: "no" }] };
    const result = await resultOf(json(body, 404, { "X-Request-Id": "id_1" }));
    expect(result).toMatchObject({ error: body, response: { status: 404 } });
    expect(result.data).toBeUndefined();
    expect(await rejection(() => unwrap(result), RolloutApiError)).toMatchObject({
      code: "not_found",
      status: 404,
      errors: [{ message: "no" }],
      body,
      method: "POST",
      path: "/things",
      attempts: 1,
      requestId: "id_1",
      mayHaveSucceeded: false,
    });
  });

  test("throws a RolloutApiError for a result of a plain openapi-fetch client, too", async () => {
    const fetch = async () => Response.json({ errorMessage: "no" }, { status: 403 });
    const result = await createClient<ThingPaths>({ baseUrl: "https://example.com", fetch }).GET("/things");
    const failure = await rejection(() => unwrap(result), RolloutApiError);
    expect(failure).toMatchObject({ code: "forbidden", status: 403, errors: [{ message: "no" }], attempts: 1 });
  });
});
