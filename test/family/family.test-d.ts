import { createRolloutApi, unwrap } from "rollout-client";
import { describe, expectTypeOf, test } from "vitest";
import type { components, paths } from "./paths.ts";

const api = createRolloutApi<paths>({ token: "a made-up token", baseUrl: "https://crm.example/api" });

describe("a call that the document does not allow does not compile:", () => {
  test("paths and methods", () => {
    // @ts-expect-error there is no such path
    void api.GET("/person");
    // @ts-expect-error the path has no such method
    void api.PUT("/people", {});
  });

  test("parameters", () => {
    // @ts-expect-error the query parameter `done` is required
    void api.GET("/tasks");
    // @ts-expect-error the path parameter is required
    void api.GET("/people/{personId}", { params: {} });
    // @ts-expect-error the path parameter is a number
    void api.GET("/notes/{noteId}", { params: { path: { noteId: "7" } } });
    // @ts-expect-error the order is not among the enumerated ones
    void api.GET("/people", { params: { query: { sort: "name" } } });
    // @ts-expect-error the header If-Match is required
    void api.PATCH("/people/{personId}", { params: { path: { personId: "per_1" } }, body: { name: "Ada" } });
  });

  test("bodies", () => {
    // @ts-expect-error the name is required
    void api.POST("/people", { body: { nickname: null } });
    // @ts-expect-error a name cannot be null
    void api.POST("/people", { body: { name: null } });
    // @ts-expect-error an address is a text, or has a city
    void api.POST("/people", { body: { name: "Ada", address: { zip: "1" } } });
    // @ts-expect-error the body is a list
    void api.POST("/people/batch", { body: { name: "Ada" } });
  });
});

describe("a response has the document's type:", () => {
  test("unwrapped, also of an operation whose failures are not in the document", async () => {
    const tasks = unwrap(await api.GET("/tasks", { params: { query: { done: true } } }));
    expectTypeOf(tasks).toEqualTypeOf<components["schemas"]["Named"][]>();
    expectTypeOf(unwrap(await api.GET("/calendars")).nextLink).toEqualTypeOf<string | null>();
  });

  test("read as parseAs says", async () => {
    expectTypeOf(unwrap(await api.GET("/people", { parseAs: "text" }))).toEqualTypeOf<string>();
    expectTypeOf(unwrap(await api.GET("/people", { parseAs: "blob" }))).toEqualTypeOf<Blob>();
  });

  test("alternatives that narrow, null, and no content", async () => {
    const deal = unwrap(await api.GET("/deals/{dealId}", { params: { path: { dealId: "deal_1" } } }));
    if (deal.state === "won") expectTypeOf(deal.price).toEqualTypeOf<number | null>();
    const people = unwrap(await api.GET("/people"));
    expectTypeOf(people._metadata.next).toEqualTypeOf<string | null>();
    const deleted = unwrap(await api.DELETE("/people/{personId}", { params: { path: { personId: "per_1" } } }));
    expectTypeOf(deleted).toEqualTypeOf<undefined>();
  });

  test("errors", async () => {
    const { error } = await api.GET("/people");
    expectTypeOf(error).toEqualTypeOf<{ errorMessage: string } | undefined>();
  });
});
