import type { Client } from "openapi-fetch";
import {
  createRolloutApi,
  createRolloutClient,
  createTokenSigner,
  type FetchFunction,
  type Logger,
  type Middleware,
  paginate,
  paginateItems,
  type paths,
  type RolloutClientOptions,
  type TokenSource,
  unwrap,
} from "rollout-client";
import type * as undici from "undici-types";
import { expectTypeOf, test } from "vitest";
import { WebSocket } from "ws";
import type { PageItem } from "../../src/paginate.ts";
import type { paths as CrmPaths, components } from "../family/paths.ts";

const { api } = createRolloutClient({ token: "made-up" });
const crm = createRolloutApi<CrmPaths>({ token: "made-up", baseUrl: "https://example.com" });
const body = { appKey: "follow-up-boss", userInputs: {} };
declare const fetchFunction: FetchFunction;

test("options take what the platform and common packages have", () => {
  expectTypeOf(fetch).toExtend<FetchFunction>();
  expectTypeOf<typeof undici.fetch>().toExtend<FetchFunction>();
  expectTypeOf<(url: string, init: RequestInit) => Promise<Response>>().toExtend<FetchFunction>();
  expectTypeOf<() => Promise<Response>>().toExtend<FetchFunction>();
  expectTypeOf<(request: Request) => Promise<Response>>().not.toExtend<FetchFunction>();
  expectTypeOf(console).toExtend<Logger>();
  expectTypeOf(WebSocket).toExtend<NonNullable<RolloutClientOptions["webSocket"]>>();
  expectTypeOf(globalThis.WebSocket).toExtend<NonNullable<RolloutClientOptions["webSocket"]>>();
  expectTypeOf(createTokenSigner().forUser("user_123")).toExtend<TokenSource>();
  expectTypeOf<() => Promise<string>>().toExtend<TokenSource>();
});

test("options take no token that may be undefined, and no option that does not exist", () => {
  const maybe: { token?: string } = {};
  // @ts-expect-error the token may be undefined
  createRolloutClient({ token: maybe.token });
  // @ts-expect-error a function may give no token
  createRolloutClient({ token: () => maybe.token });
  // @ts-expect-error a token is required
  createRolloutClient({ baseUrl: "https://example.com" });
  // @ts-expect-error there is no such option
  createRolloutClient({ token: "made-up", baseURL: "https://example.com" });
  // One set of options fits both, so that those of a mock do.
  createRolloutApi({ token: "made-up", baseUrl: "https://example.com", webSocket: WebSocket });
});

test("options of a client may each be undefined, but for the token", () => {
  type Given = {
    [Option in keyof RolloutClientOptions]-?: undefined extends RolloutClientOptions[Option] ? Option : never;
  };
  expectTypeOf<Given[keyof Given]>().toEqualTypeOf<Exclude<keyof RolloutClientOptions, "token">>();
});

test("a call takes the options of a call, and what openapi-fetch takes", () => {
  const { signal } = new AbortController();
  void api.POST("/credentials", { body, signal, timeout: 1000, retry: { limit: 0 }, fetch: fetchFunction });
  void api.POST("/credentials", { body, retry: false, headers: { "X-Name": "value" }, cache: "no-store" });
  void crm.GET("/people", { params: { query: { limit: 1 } }, dispatcher: {}, middleware: [] });
  void crm.GET("/people");
});

test("a call takes no option that does not exist", () => {
  // @ts-expect-error retry is meant
  void api.POST("/credentials", { body, retries: 0 });
  // @ts-expect-error true is no retry option
  void api.POST("/credentials", { body, retry: true });
  // @ts-expect-error the timeout is a number
  void crm.GET("/people", { timeout: "1000" });
  // @ts-expect-error the parameter is limit
  void crm.GET("/people", { params: { query: { limits: 1 } } });
  // @ts-expect-error a fetch is called with a URL
  void crm.GET("/people", { fetch: async (request: Request) => new Response(request.url) });
});

test("api is an openapi-fetch client, from which a package for openapi-fetch infers the document", () => {
  // As openapi-react-query declares its createClient.
  function pathsOf<Of extends {}, Media extends `${string}/${string}` = `${string}/${string}`>(
    client: Client<Of, Media>,
  ): { readonly client: Client<Of, Media>; readonly paths: Of } {
    return { client, paths: Object.create(null) };
  }
  expectTypeOf(pathsOf(crm).paths).toEqualTypeOf<CrmPaths>();
  expectTypeOf(pathsOf(api).paths).toEqualTypeOf<paths>();
  expectTypeOf(crm).toExtend<Client<CrmPaths>>();
  expectTypeOf(api).toExtend<Client<paths>>();
  expectTypeOf(api.use).parameters.toEqualTypeOf<Middleware[]>();
  expectTypeOf(api.eject).parameters.toEqualTypeOf<Middleware[]>();
});

test("an api of a document that is still a type parameter is an openapi-fetch client too", () => {
  function hooksOf<Of extends {}>(client: Client<Of>): { readonly paths: Of } {
    return { paths: Object.create(Object(client)) };
  }
  const hooks = <Of extends {}>() =>
    hooksOf(createRolloutApi<Of>({ token: "made-up", baseUrl: "https://example.com" }));
  expectTypeOf(hooks<CrmPaths>().paths).toEqualTypeOf<CrmPaths>();
  expectTypeOf(hooks<paths>().paths).toEqualTypeOf<paths>();
});

test("without a document, every path can be called, with the options of a call and no others", async () => {
  type Any = ReturnType<typeof JSON.parse>;
  const untyped = createRolloutApi<Any>({ token: "made-up", baseUrl: "https://example.com" });
  expectTypeOf(unwrap(await untyped.GET("/mcp"))).toBeAny();
  void untyped.POST("/mcp", { body: { any: 1 }, params: { path: { id: 1 } }, timeout: 1000 });
  void untyped.request("get", "/mcp");
  // @ts-expect-error timeout is meant
  void untyped.GET("/mcp", { timeoutMs: 5 });
});

test("request takes what the method takes, and resolves to the same", async () => {
  const init = { params: { path: { personId: "1" } } };
  const read = await crm.request("get", "/people/{personId}", init);
  expectTypeOf(read).toEqualTypeOf(await crm.GET("/people/{personId}", init));
  void crm.request("get", "/people", { timeout: 5 });
  // @ts-expect-error timeout is meant
  void crm.request("get", "/people", { timeoutMs: 5 });
  // @ts-expect-error the path parameter is missing
  void crm.request("get", "/people/{personId}");
  // @ts-expect-error the path has no such method
  void crm.request("put", "/people");
});

test("pages and their entries have the types of the document, and are read with the path's own parameters", async () => {
  const init = { params: { query: { limit: 5 } } };
  for await (const page of paginate(crm, "/people", init)) {
    expectTypeOf(page._metadata.next).toEqualTypeOf<string | null>();
  }
  for await (const person of paginateItems(crm, "/people", init)) expectTypeOf(person.id).toBeString();
  for await (const task of paginateItems(crm, "/tasks", { params: { query: { done: true } } })) {
    expectTypeOf(task).toEqualTypeOf<components["schemas"]["Named"]>();
  }
  // @ts-expect-error there is no such path
  paginate(crm, "/nowhere");
  // @ts-expect-error there is no such path
  paginateItems(crm, "/nowhere");
  // @ts-expect-error the limit is a number
  paginate(crm, "/people", { params: { query: { limit: "five" } } });
  // @ts-expect-error the limit is a number
  paginateItems(crm, "/people", { params: { query: { limit: "five" } } });
});

test("an entry is unknown where the document has no array, and one of several types where it has several", () => {
  expectTypeOf<PageItem<unknown>>().toBeUnknown();
  expectTypeOf<PageItem<{ _metadata: { next: string | null } }>>().toBeUnknown();
  expectTypeOf<PageItem<{ people?: string[] | null; total: number }>>().toEqualTypeOf<string>();
  expectTypeOf<PageItem<{ people: string[]; tags: readonly number[] }>>().toEqualTypeOf<string | number>();
  expectTypeOf<PageItem<readonly string[]>>().toEqualTypeOf<string>();
});
