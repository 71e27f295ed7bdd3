import type { Client } from "openapi-fetch";
import { createRolloutApi, createRolloutClient, type FetchFunction, type paths, unwrap } from "rollout-client";
import { describe, expectTypeOf, test } from "vitest";

interface Paths {
  "/things/{id}": {
    parameters: object;
    get: {
      parameters: { path: { id: string }; query?: { page?: number } };
      responses: { 200: { content: { "application/json": { size: number } } } };
    };
  };
  "/things": {
    parameters: object;
    get: {
      parameters: { query?: { page?: number } };
      responses: {
        200: { content: { "application/json": { size: number }[] } };
        404: { content: { "application/json": { errorMessage: string } } };
      };
    };
  };
}

const { api } = createRolloutClient({ token: "made-up" });
const things = createRolloutApi<Paths>({ token: "made-up", baseUrl: "https://example.com" });
const body = { appKey: "gmail", userInputs: {} };
declare const fetchFunction: FetchFunction;

describe("a call of api", () => {
  test("takes the options of a call, and what openapi-fetch takes", () => {
    const { signal } = new AbortController();
    void api.POST("/credentials", { body, signal, timeout: 1000, retry: { limit: 0 }, fetch: fetchFunction });
    void api.POST("/credentials", { body, retry: false, headers: { "X-Name": "value" }, cache: "no-store" });
    void things.GET("/things", { params: { query: { page: 1 } }, dispatcher: {}, middleware: [] });
    void things.GET("/things");
  });

  test("takes no option that does not exist", () => {
    // @ts-expect-error retry is meant
    void api.POST("/credentials", { body, retries: 0 });
    // @ts-expect-error timeout is meant
    void api.POST("/credentials", { body, timeuot: 3 });
    // @ts-expect-error true is no retry option
    void api.POST("/credentials", { body, retry: true });
    // @ts-expect-error the timeout is a number
    void things.GET("/things", { timeout: "1000" });
    // @ts-expect-error the parameter is page
    void things.GET("/things", { params: { query: { pages: 1 } } });
    // @ts-expect-error a fetch is called with a URL
    void things.GET("/things", { fetch: async (request: Request) => new Response(request.url) });
  });

  test("needs what the operation needs", () => {
    // @ts-expect-error the body is missing
    void api.POST("/credentials");
    // @ts-expect-error the body is missing
    void api.POST("/credentials", {});
    // @ts-expect-error the path parameter is missing
    void things.GET("/things/{id}");
    // @ts-expect-error the body lacks userInputs
    void api.POST("/credentials", { body: { appKey: "gmail" } });
  });

  test("has the data and error of the document, read as parseAs says", async () => {
    const result = await things.GET("/things");
    expectTypeOf(unwrap(result)).toEqualTypeOf<{ size: number }[]>();
    if (result.error !== undefined) expectTypeOf(result.error).toEqualTypeOf<{ errorMessage: string }>();
    expectTypeOf(unwrap(await things.GET("/things", { parseAs: "text" }))).toEqualTypeOf<string>();
    expectTypeOf(unwrap(await things.GET("/things", { parseAs: "blob" }))).toEqualTypeOf<Blob>();
  });
});

describe("api is an openapi-fetch client", () => {
  /** As openapi-react-query declares its createClient. */
  function pathsOf<Of extends {}, Media extends `${string}/${string}` = `${string}/${string}`>(
    client: Client<Of, Media>,
  ): { readonly client: Client<Of, Media>; readonly paths: Of } {
    return { client, paths: Object.create(null) };
  }

  test("from which a package for openapi-fetch infers the document", () => {
    expectTypeOf(pathsOf(things).paths).toEqualTypeOf<Paths>();
    expectTypeOf(pathsOf(api).paths).toEqualTypeOf<paths>();
    expectTypeOf(things).toExtend<Client<Paths>>();
    expectTypeOf(api).toExtend<Client<paths>>();
  });
});
