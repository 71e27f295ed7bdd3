import { wrapAsPathBasedClient } from "openapi-fetch";
import { createRolloutApi, type RolloutApi, RolloutApiError, RolloutConfigError, unwrap } from "rollout-client";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { paths } from "../family/paths.ts";
import { json, startHttpServer } from "../support/http-server.ts";
import { rejection } from "../support/rejection.ts";
import { bodyOf, callThings, methods, type ThingPaths, thing } from "../support/things.ts";

// The api of a client is an openapi-fetch client: what is said of those holds of it.

const token = "made-up";

describe("each method", () => {
  test.each(methods)("is sent as it is: %s", async (method) => {
    const server = await startHttpServer();
    await callThings({ token, baseUrl: server.url }, method);
    expect(server.requests).toMatchObject([{ method, url: "/things", body: bodyOf(method) }]);
  });

  test("can be named, in small letters too", async () => {
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
    expect(failure).toMatchObject({ option: "request", message: "request cannot be built" });
    expect(server.requests).toEqual([]);
  });
});

test("a body where fetch forbids one is a RolloutConfigError", async () => {
  const server = await startHttpServer();
  const api = createRolloutApi<ThingPaths>({ token, baseUrl: server.url });
  const failure = await rejection(api.GET("/things", { body: thing }), RolloutConfigError);
  expect(failure).toMatchObject({ option: "request", message: "request cannot be built" });
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

describe("an answer", () => {
  const text = '{"name":"a thing"}';

  async function thingsApi(): Promise<RolloutApi<ThingPaths>> {
    const server = await startHttpServer(() => ({ headers: { "Content-Type": "application/json" }, body: text }));
    return createRolloutApi<ThingPaths>({ token, baseUrl: server.url });
  }

  test("is read as it is asked for", async () => {
    const api = await thingsApi();
    expect(unwrap(await api.GET("/things"))).toEqual({ name: "a thing" });
    expect(unwrap(await api.GET("/things", { parseAs: "text" }))).toBe(text);
    expect(await new Response(unwrap(await api.GET("/things", { parseAs: "stream" }))).text()).toBe(text);
    const blob = unwrap(await api.GET("/things", { parseAs: "blob" }));
    expect([blob.type, await blob.text()]).toEqual(["application/json", text]);
    expect(new TextDecoder().decode(unwrap(await api.GET("/things", { parseAs: "arrayBuffer" })))).toBe(text);
  });

  test("can be read again from its response, and as often as one likes", async () => {
    const { response } = await (await thingsApi()).GET("/things");
    expect(response).toBeInstanceOf(Response);
    expect(response.url).toMatch(/\/things$/);
    expect(response.bodyUsed).toBe(false);
    expect(await response.text()).toBe(text);
    expect(await response.json()).toEqual({ name: "a thing" });
    expect(await response.clone().text()).toBe(text);
    expect(response.clone().url).toBe(response.url);
    expect(await new Response(response.body).text()).toBe(text);
    expect(new TextDecoder().decode(await response.arrayBuffer())).toBe(text);
    expect(await (await response.blob()).text()).toBe(text);
    expect(new TextDecoder().decode(await response.bytes())).toBe(text);
    expect(await response.text()).toBe(text);
  });

  test("that a fetch gives more than once is made readable once", async () => {
    const answer = Response.json({ name: "a thing" });
    const options = { token, fetch: async () => answer };
    await callThings(options, "GET");
    const prototype: unknown = Object.getPrototypeOf(answer);
    await expect(callThings(options, "GET")).resolves.toEqual({ name: "a thing" });
    expect(Object.getPrototypeOf(answer)).toBe(prototype);
  });

  test("that is a form can be read as one", async () => {
    const server = await startHttpServer(() => ({
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: "name=a+thing",
    }));
    const { response } = await createRolloutApi<ThingPaths>({ token, baseUrl: server.url }).GET("/things", {
      parseAs: "text",
    });
    expect((await response.formData()).get("name")).toBe("a thing");
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

test("a call may bring its own fetch, which is given the request and the signal that ends it", async () => {
  const ofClient = vi.fn();
  const ofCall = vi.fn(async (_request: Request, _init?: RequestInit) => Response.json({ id: "1" }));
  const api = createRolloutApi<ThingPaths>({ token, baseUrl: "https://example.com/api", fetch: ofClient });
  expect(unwrap(await api.POST("/things", { body: thing, fetch: ofCall }))).toEqual({ id: "1" });
  const [request, init] = ofCall.mock.calls[0] ?? [];
  expect(request).toMatchObject({ method: "POST", url: "https://example.com/api/things", redirect: "manual" });
  expect(request?.headers.get("Authorization")).toBe("Bearer made-up");
  expect(await request?.json()).toEqual(thing);
  expect(init).toEqual({ signal: expect.any(AbortSignal) });
  expect(ofClient).not.toHaveBeenCalled();
});

test("what stands in for the platform's fetch is given the same, and may come after the client", async () => {
  const api = createRolloutApi<ThingPaths>({ token, baseUrl: "https://example.com/api" });
  const standIn = vi.fn(async (_request: Request, _init?: RequestInit) => Response.json({ id: "1" }));
  vi.stubGlobal("fetch", standIn);
  onTestFinished(() => void vi.unstubAllGlobals());
  expect(unwrap(await api.POST("/things", { body: thing }))).toEqual({ id: "1" });
  const [request, init] = standIn.mock.calls[0] ?? [];
  expect(request).toBeInstanceOf(Request);
  expect(request?.headers.get("Authorization")).toBe("Bearer made-up");
  expect(init).toEqual({ signal: expect.any(AbortSignal) });
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
