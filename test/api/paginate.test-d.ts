import { type PageItem, paginate, paginateItems, type RolloutApi } from "rollout-client";
import { expectTypeOf, test } from "vitest";
import type { components, paths } from "../family/paths.ts";

type People = components["responses"]["People"]["content"]["application/json"];

declare const api: RolloutApi<paths>;

test("a page has the type of the operation's response", async () => {
  for await (const page of paginate(api, "/people")) expectTypeOf(page._metadata.next).toEqualTypeOf<string | null>();
});

test("only paths that can be read are taken, with their own parameters", () => {
  // @ts-expect-error there is no such path
  paginate(api, "/nowhere");
  paginate(api, "/people", { params: { query: { limit: 5 } } });
  // @ts-expect-error the limit is a number
  paginate(api, "/people", { params: { query: { limit: "five" } } });
});

test("an entry has the type of the elements of the page's array", async () => {
  for await (const person of paginateItems(api, "/people")) {
    expectTypeOf(person).branded.toEqualTypeOf<People["people"][number]>();
    expectTypeOf(person.id).toEqualTypeOf<string>();
  }
});

test("an entry is unknown where the document has no array, and one of several types where it has several", () => {
  expectTypeOf<PageItem<unknown>>().toBeUnknown();
  expectTypeOf<PageItem<{ _metadata: { next: string | null } }>>().toBeUnknown();
  expectTypeOf<PageItem<{ people?: string[] | null; total: number }>>().toEqualTypeOf<string>();
  expectTypeOf<PageItem<{ people: string[]; tags: readonly number[] }>>().toEqualTypeOf<string | number>();
  expectTypeOf<PageItem<{ things: unknown[] }>>().toBeUnknown();
});

test("entries are read only from paths that can be read, with their own parameters", () => {
  // @ts-expect-error there is no such path
  paginateItems(api, "/nowhere");
  paginateItems(api, "/people", { params: { query: { limit: 5 } } });
  // @ts-expect-error the limit is a number
  paginateItems(api, "/people", { params: { query: { limit: "five" } } });
});
