import type { Middleware } from "openapi-fetch";
import {
  createRolloutApi,
  createRolloutClient,
  createTokenSigner,
  type FetchFunction,
  type Logger,
  type RolloutClientOptions,
  type TokenSource,
  unwrap,
} from "rollout-client";
import type * as undici from "undici-types";
import { describe, expectTypeOf, test } from "vitest";
import { WebSocket } from "ws";

describe("options", () => {
  test("take what the platform and common packages have", () => {
    expectTypeOf(fetch).toExtend<NonNullable<RolloutClientOptions["fetch"]>>();
    expectTypeOf<typeof undici.fetch>().toExtend<NonNullable<RolloutClientOptions["fetch"]>>();
    expectTypeOf<(url: string, init: RequestInit) => Promise<Response>>().toExtend<FetchFunction>();
    expectTypeOf<() => Promise<Response>>().toExtend<FetchFunction>();
    expectTypeOf<(request: Request) => Promise<Response>>().not.toExtend<FetchFunction>();
    expectTypeOf(console).toExtend<Logger>();
    expectTypeOf(WebSocket).toExtend<NonNullable<RolloutClientOptions["webSocket"]>>();
    expectTypeOf(globalThis.WebSocket).toExtend<NonNullable<RolloutClientOptions["webSocket"]>>();
    expectTypeOf(createTokenSigner().forUser("user_123")).toExtend<TokenSource>();
    expectTypeOf<() => Promise<string>>().toExtend<TokenSource>();
  });

  test("take no token that may be undefined, and none at all", () => {
    const maybe: { token?: string } = {};
    // @ts-expect-error the token may be undefined
    createRolloutClient({ token: maybe.token });
    // @ts-expect-error a function may give no token
    createRolloutClient({ token: () => maybe.token });
    // @ts-expect-error a token is required
    createRolloutClient({ baseUrl: "https://example.com" });
    // @ts-expect-error there is no such option
    createRolloutClient({ token: "made-up", baseURL: "https://example.com" });
    // @ts-expect-error one-time passwords are of the client, not of its api
    createRolloutApi({ token: "made-up", webSocket: WebSocket });
  });

  test("of a client may each be undefined, but for the token", () => {
    type Given = {
      [Option in keyof RolloutClientOptions]-?: undefined extends RolloutClientOptions[Option] ? Option : never;
    };
    expectTypeOf<Given[keyof Given]>().toEqualTypeOf<Exclude<keyof RolloutClientOptions, "token">>();
  });
});

describe("api", () => {
  const { api } = createRolloutClient({ token: "made-up" });
  interface Paths {
    "/things/{id}": {
      parameters: object;
      get: {
        parameters: { path: { id: string } };
        responses: { 200: { content: { "application/json": { size: number } } } };
      };
    };
  }

  test("of another document has that document's paths", async () => {
    const things = createRolloutApi<Paths>({ token: "made-up", baseUrl: "https://example.com" });
    const found = unwrap(await things.GET("/things/{id}", { params: { path: { id: "1" } } }));
    expectTypeOf(found).toEqualTypeOf<{ size: number }>();
    // @ts-expect-error the document has no such path
    void things.GET("/credentials");
    // @ts-expect-error the path has no such method
    void things.POST("/things/{id}", {});
  });

  test("takes openapi-fetch's middleware", () => {
    expectTypeOf(api.use).parameters.toEqualTypeOf<Middleware[]>();
    expectTypeOf(api.eject).parameters.toEqualTypeOf<Middleware[]>();
  });
});
