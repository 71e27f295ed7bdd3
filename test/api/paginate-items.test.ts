import { createRolloutApi, paginateItems, RolloutResponseError } from "rollout-client";
import { expect, test } from "vitest";
import type { paths } from "../family/paths.ts";
import { json, startHttpServer } from "../support/http-server.ts";
import { rejection } from "../support/rejection.ts";

async function startApi(...pages: readonly unknown[]) {
  let index = 0;
  const server = await startHttpServer(() => json(pages[index++]));
  const api = createRolloutApi<paths>({ token: "a token", baseUrl: server.url, retry: false });
  return { api, server };
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test("reads the entries of all pages, in order, with the same query for every page", async () => {
  const { api, server } = await startApi(
    { _metadata: { collection: "people", next: "2" }, people: [{ id: "1" }, { id: "2" }] },
    { _metadata: { collection: "people", next: "3" }, people: [] },
    { _metadata: { collection: "people", next: null }, people: [{ id: "3" }] },
  );
  const people = await collect(paginateItems(api, "/people", { params: { query: { limit: 2 } } }));
  expect(people).toEqual([{ id: "1" }, { id: "2" }, { id: "3" }]);
  expect(server.requests.map(({ url }) => url)).toEqual([
    "/people?limit=2",
    "/people?limit=2&next=2",
    "/people?limit=2&next=3",
  ]);
});

test.each<[string, object]>([
  ["that _metadata.collection names", { _metadata: { collection: "people" }, tags: ["a"], people: [{ id: "1" }] }],
  [
    "that _metadata.collection names in other case",
    { _metadata: { collection: "People" }, tags: [], people: [{ id: "1" }] },
  ],
  [
    "that _metadata.collection names exactly, before one in other case",
    { _metadata: { collection: "people" }, People: [], people: [{ id: "1" }] },
  ],
  ["that is the only array, without _metadata", { total: 1, people: [{ id: "1" }] }],
  [
    "that is the only array, where _metadata.collection names none",
    { _metadata: { collection: "data" }, people: [{ id: "1" }] },
  ],
  [
    "that is the only array, where _metadata.collection names no array",
    { _metadata: { collection: "total" }, total: 1, people: [{ id: "1" }] },
  ],
])("reads the entries of the property %s", async (_case, page) => {
  const { api } = await startApi(page);
  expect(await collect(paginateItems(api, "/people"))).toEqual([{ id: "1" }]);
});

test.each<[string, unknown]>([
  ["no array", { _metadata: { collection: "people" } }],
  ["two arrays, none of them named", { people: [], tags: [] }],
  ["null in place of the array", { _metadata: { collection: "people" }, people: null }],
  ["no object, but an array", [["a"]]],
  ["no object, but null", null],
])("a page with %s is an invalid_response", async (_case, page) => {
  const { api } = await startApi(page);
  const failure = await rejection(collect(paginateItems(api, "/people")), RolloutResponseError);
  expect(failure).toMatchObject({ code: "invalid_response", method: "GET", path: "/people", mayHaveSucceeded: true });
});

test("requests no page whose entries are not read", async () => {
  const { api, server } = await startApi({ _metadata: { next: "2" }, people: [{ id: "1" }, { id: "2" }] });
  for await (const _person of paginateItems(api, "/people")) break;
  expect(server.requests).toHaveLength(1);
});
