import createClient, { wrapAsPathBasedClient } from "openapi-fetch";
import {
  createRolloutApi,
  type FetchFunction,
  type RolloutApi,
  RolloutApiError,
  RolloutConfigError,
  unwrap,
} from "rollout-client";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";
import { json, type PlainResponse, startHttpServer, startSocketServer, writeAndClose } from "../support/servers.ts";
import { type ThingPaths, thing } from "../support/things.ts";
import { responding, thingsApi } from "../support/things-api.ts";

const succeeding = () => vi.fn<FetchFunction>(async () => Response.json({ id: "1" }));

type TracePaths = { "/things": ThingPaths["/things"] & { trace: ThingPaths["/things"]["get"] } };

test.each<[string, (api: RolloutApi<TracePaths>) => Promise<unknown>]>([
  ["a method", (api) => api.TRACE("/things")],
  ["a method, with middleware,", (api) => api.TRACE("/things", { middleware: [{ onRequest: () => undefined }] })],
  ["a body with a GET", (api) => api.GET("/things", { body: thing })],
])("%s that fetch forbids is a RolloutConfigError, and nothing is sent", async (_case, call) => {
  const server = await startHttpServer();
  const api = createRolloutApi<TracePaths>({ token: "made-up", baseUrl: server.url, retry: false });
  const failure = { code: "invalid_config", option: "request", mayHaveSucceeded: false };
  expect(await rejection(call(api), RolloutConfigError)).toMatchObject(failure);
  expect(server.requests).toEqual([]);
});

test("the init of a call may be null, as with openapi-fetch", async () => {
  const api = thingsApi({ fetch: succeeding() });
  expect(await Reflect.apply(api.GET, api, ["/things", null])).toMatchObject({ data: { id: "1" } });
});

test.each(["json", "blob"] as const)(
  "a response has been read as %s when the call resolves, and has the URL it came from",
  async (parseAs) => {
    const server = await startHttpServer();
    const { response } = await thingsApi({ baseUrl: server.url }).GET("/things", { parseAs });
    expect(response).toBeInstanceOf(Response);
    expect([response.url, response.bodyUsed]).toEqual([`${server.url}/things`, true]);
    await expect(response.text()).rejects.toThrow(TypeError);
    await expect(response.json()).rejects.toThrow(TypeError);
  },
);

test("the response of an error has no Content-Type that the server did not name", async () => {
  const fetch = async () => new Response(new TextEncoder().encode("{}"), { status: 404 });
  const { response } = await thingsApi({ fetch }).GET("/things");
  expect(response.headers.has("content-type")).toBe(false);
});

test("a response of the caller's fetch without a body needs no arrayBuffer()", async () => {
  const fetch = async () => ({ status: 204, headers: new Headers(), body: null });
  const { data, response } = await thingsApi({ fetch }).GET("/things");
  expect([data, response.status]).toEqual([undefined, 204]);
});

test("an api wrapped as a path-based client works the same", async () => {
  const client = wrapAsPathBasedClient(thingsApi({ fetch: responding(409) }));
  const conflict = await client["/things"].PUT({ body: thing });
  expect(await rejection(() => unwrap(conflict), RolloutApiError)).toMatchObject({ method: "PUT", path: "/things" });
});

test.each(["gzip", "br", "deflate"])("a success without a byte, said to be in %s, has no data", async (encoding) => {
  const server = await startSocketServer(
    writeAndClose(`HTTP/1.1 200 OK\r\nContent-Encoding: ${encoding}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`),
  );
  for (const method of ["get", "post", "head"] as const) {
    const { data, response } = await thingsApi({ baseUrl: server.url }).request(method, "/things");
    expect([data, response.status]).toEqual([undefined, 200]);
  }
});

describe("fetch is called with a URL and an init:", () => {
  const custom = { dispatcher: { name: "made-up" }, cache: "no-store" } as const;
  const init = {
    ...{ ...custom, method: "POST", redirect: "manual", body: JSON.stringify(thing) },
    ...{ headers: expect.any(Headers), signal: expect.any(AbortSignal) },
  };
  const inBytes = { ...init, body: new TextEncoder().encode(init.body).buffer };

  /** What was given to fetch. */
  function callOf(fetch: ReturnType<typeof succeeding>) {
    expect(fetch).toHaveBeenCalledTimes(1);
    const [url, given] = fetch.mock.calls[0] ?? [];
    expect([url, given?.headers.get("Authorization")]).toEqual(["https://rollout.test/api/things", "Bearer made-up"]);
    return given;
  }

  test("that of a call rather than that of the client", async () => {
    const [ofClient, ofCall] = [succeeding(), succeeding()];
    const call = { body: thing, ...custom, fetch: ofCall, parseAs: "text", timeout: 9, retry: {} } as const;
    await thingsApi({ fetch: ofClient }).request("post", "/things", call);
    expect(callOf(ofCall)).toEqual(init);
    expect(ofClient).not.toHaveBeenCalled();
  });

  const withoutBody = { ...init, method: "GET", body: undefined };
  test.each<[string, (request: Request) => Request | undefined, object]>([
    ["with the same members, where middleware keeps the request", () => undefined, inBytes],
    ["with the same members, where middleware replaces it", (request) => new Request(request), inBytes],
    ["without a body, where middleware took it away", ({ url }) => new Request(url), withoutBody],
  ])("%s", async (_case, replace, expected) => {
    const fetch = succeeding();
    const middleware = [{ onRequest: ({ request }: { request: Request }) => replace(request) }];
    await thingsApi({ fetch }).POST("/things", { body: thing, ...custom, parseAs: "text", middleware });
    expect(callOf(fetch)).toEqual(expected);
  });

  test("what stands in for the platform's, even if it does so after the client was created", async () => {
    const api = thingsApi();
    const standIn = succeeding();
    vi.stubGlobal("fetch", standIn);
    onTestFinished(() => void vi.unstubAllGlobals());
    await api.POST("/things", { body: thing, ...custom });
    expect(callOf(standIn)).toEqual(init);
  });
});

describe("unwrap", () => {
  /** The result of a POST to a server that responds like this. */
  async function resultOf(response: PlainResponse) {
    const server = await startHttpServer(() => response);
    return thingsApi({ baseUrl: server.url, retry: false }).POST("/things", { body: thing });
  }

  test.each<[string, PlainResponse, unknown]>([
    ["null", json(null), null],
    ["false", json(false), false],
    ["0", json(0), 0],
    ["an empty body", { headers: { "Content-Length": "0" } }, undefined],
    ["an empty body, in chunks", { headers: { "Transfer-Encoding": "chunked" } }, undefined],
  ])("goes by the status, whatever the body: %s", async (_case, response, expected) => {
    expect(unwrap(await resultOf({ ...response, status: 201 }))).toBe(expected);
    const result = await resultOf({ ...response, status: 500 });
    // A falsy error is replaced, so that `if (error)` finds every failure.
    expect(result.error).toBeInstanceOf(RolloutApiError);
    const failure = await rejection(() => unwrap(result), RolloutApiError);
    expect(failure).toBe(result.error);
    expect(failure).toMatchObject({ code: "server_error", errors: [], mayHaveSucceeded: true });
    expect(failure.body).toBe(expected);
  });

  test("throws a RolloutApiError for a result of a plain openapi-fetch client, too", async () => {
    const fetch = async () => Response.json({ errorMessage: "no" }, { status: 403 });
    const result = await createClient<ThingPaths>({ baseUrl: "https://rollout.test", fetch }).GET("/things");
    const failure = await rejection(() => unwrap(result), RolloutApiError);
    expect(failure).toMatchObject({ code: "forbidden", status: 403, errors: [{ message: "no" }], attempts: 1 });
  });
});
