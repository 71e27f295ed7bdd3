import { wrapAsPathBasedClient } from "openapi-fetch";
import { createRolloutApi, type RolloutApi, RolloutApiError, RolloutConfigError, unwrap } from "rollout-client";
import { describe, expect, type Mock, onTestFinished, test, vi } from "vitest";
import type { paths } from "../family/paths.ts";
import { json, startHttpServer } from "../support/http-server.ts";
import { rejection } from "../support/rejection.ts";
import { bodyOf, callThings, methods, type ThingPaths, thing } from "../support/things.ts";

const token = "made-up";

describe("a method", () => {
  test.each(methods)("is sent unchanged: %s", async (method) => {
    const server = await startHttpServer();
    await callThings({ token, baseUrl: server.url }, method);
    expect(server.requests).toMatchObject([{ method, url: "/things", body: bodyOf(method) }]);
  });

  test("may be given by name, in lowercase too", async () => {
    const server = await startHttpServer();
    const api = createRolloutApi<ThingPaths>({ token, baseUrl: server.url });
    expect(unwrap(await api.request("get", "/things"))).toEqual({ id: "cred_1" });
    expect(server.requests).toMatchObject([{ method: "GET", url: "/things" }]);
  });

  test("that fetch forbids is a RolloutConfigError", async () => {
    const server = await startHttpServer();
    const api = createRolloutApi<{ "/things": { trace: ThingPaths["/things"]["get"] } }>({
      token,
      baseUrl: server.url,
    });
    const failure = await rejection(api.TRACE("/things"), RolloutConfigError);
    expect(failure).toMatchObject({ option: "request", message: expect.stringContaining("request cannot be sent") });
    expect(server.requests).toEqual([]);
  });
});

test("a body where fetch forbids one is a RolloutConfigError", async () => {
  const server = await startHttpServer();
  const api = createRolloutApi<ThingPaths>({ token, baseUrl: server.url });
  const failure = await rejection(api.GET("/things", { body: thing }), RolloutConfigError);
  expect(failure).toMatchObject({ option: "request", message: expect.stringContaining("request cannot be sent") });
  expect(server.requests).toEqual([]);
});

describe("parameters", () => {
  async function urlOf(call: (api: RolloutApi<paths>) => Promise<unknown>): Promise<string | undefined> {
    const server = await startHttpServer();
    await call(createRolloutApi<paths>({ token, baseUrl: `${server.url}/api` }));
    return server.requests[0]?.url;
  }

  test("of the path are encoded", async () => {
    const path = { calendarId: "a/b c?d", eventId: "\u00e9..%2e" };
    expect(await urlOf((api) => api.GET("/calendars/{calendarId}/events/{eventId}", { params: { path } }))).toBe(
      "/api/calendars/a%2Fb%20c%3Fd/events/%C3%A9..%252e",
    );
  });

  test("of the query are serialized", async () => {
    const query = { limit: 10, fields: ["id", "na&me"], includeTrash: false };
    expect(await urlOf((api) => api.GET("/people", { params: { query } }))).toBe(
      "/api/people?limit=10&fields=id&fields=na%26me&includeTrash=false",
    );
  });

  test("of the header are sent, and none takes the token's place", async () => {
    const server = await startHttpServer();
    const api = createRolloutApi<ThingPaths>({ token, baseUrl: server.url });
    // @ts-expect-error the document has no such parameters
    await api.GET("/things", { params: { header: { "X-Sort": "name", Authorization: "Bearer of another" } } });
    expect(server.requests[0]?.headers).toMatchObject({ "x-sort": "name", authorization: "Bearer made-up" });
  });
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
  });

  test.each([
    [204, 204],
    [205, 205],
    [304, undefined],
  ])("without a body may have the status %i", async (status, expected) => {
    const server = await startHttpServer(() => ({ status }));
    const api = createRolloutApi<ThingPaths>({ token, baseUrl: server.url });
    const settled = await api.GET("/things", { parseAs: "text" }).then(
      ({ response }) => response.status,
      () => undefined,
    );
    expect(settled).toBe(expected);
  });
});

test("an api wrapped as a path-based client works the same", async () => {
  const server = await startHttpServer(({ method }) => json({ method }, method === "PUT" ? 409 : 200));
  const client = wrapAsPathBasedClient(createRolloutApi<ThingPaths>({ token, baseUrl: server.url }));
  expect(unwrap(await client["/things"].POST({ body: thing }))).toEqual({ method: "POST" });
  const conflict = await client["/things"].PUT({ body: thing });
  expect(await rejection(() => unwrap(conflict), RolloutApiError)).toMatchObject({ method: "PUT", path: "/things" });
  expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(["Bearer made-up", "Bearer made-up"]);
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
  const bytes = new TextEncoder().encode(init.body).buffer;

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
    ["the same body, where middleware keeps the request", (request: Request) => void request, init],
    [
      "bytes for the body, where middleware replaces the request",
      (request: Request) => new Request(request),
      { ...init, body: bytes },
    ],
  ])("with the same members, and %s", async (_behaviour, replace, expected) => {
    const fetch = vi.fn<typeof globalThis.fetch>(async () => Response.json({ id: "1" }));
    const api = createRolloutApi<ThingPaths>({ token, baseUrl, fetch });
    const onRequest = vi.fn(({ request }: { request: Request }) => replace(request));
    api.use({ onRequest });
    await api.request("post", "/things", { body: thing, ...custom, headers: { "X-A": "b" }, parseAs: "text" });
    expect(callOf(fetch)).toEqual(expected);
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

test("a body that cannot be JSON is a RolloutConfigError, before anything is sent", async () => {
  const server = await startHttpServer();
  const circle: { self?: unknown } = {};
  circle.self = circle;
  const failure = await rejection(
    createRolloutApi<ThingPaths>({ token, baseUrl: server.url }).POST("/things", { body: circle }),
    RolloutConfigError,
  );
  expect(failure).toMatchObject({ option: "request", cause: { message: expect.stringContaining("circular") } });
  expect(server.requests).toEqual([]);
});

describe("what only JavaScript can pass", () => {
  test.each([undefined, null, 7, ""])("as a path is refused: %j", async (path) => {
    const api = createRolloutApi<ThingPaths>({ token, baseUrl: "http://127.0.0.1:1" });
    const failure = await rejection(Reflect.apply(api.GET, api, [path]), RolloutConfigError);
    expect(failure.option).toBe("path");
  });

  test("as a method is refused: undefined", async () => {
    const api = createRolloutApi<ThingPaths>({ token, baseUrl: "http://127.0.0.1:1" });
    const failure = await rejection(Reflect.apply(api.request, api, [undefined, "/things"]), RolloutConfigError);
    expect(failure.option).toBe("method");
  });

  test("as the init of a call may be null, as with openapi-fetch", async () => {
    const { url, requests } = await startHttpServer(() => json([]));
    const api = createRolloutApi<ThingPaths>({ token, baseUrl: url });
    await Reflect.apply(api.GET, api, ["/things", null]);
    expect(requests).toHaveLength(1);
  });
});
