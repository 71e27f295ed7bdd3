import { createRolloutApi, paginate, paginateItems, RolloutApiError, RolloutResponseError } from "rollout-client";
import { describe, expect, test, vi } from "vitest";
import type { paths } from "../family/paths.ts";
import { rejection } from "../support/rejection.ts";

/** An api that responds with these pages, the last of them for ever. `urls` are what it was asked for. */
function apiOf(...pages: readonly unknown[]) {
  const urls: string[] = [];
  const fetch = vi.fn(async (url: string, _init: RequestInit) => {
    urls.push(url.replace("https://crm.test/people", ""));
    return Response.json(pages[urls.length - 1] ?? pages.at(-1));
  });
  return { api: createRolloutApi<paths>({ token: "a token", baseUrl: "https://crm.test", fetch }), urls, fetch };
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const pageOf = (next: unknown, people: unknown[] = []) => ({ people, _metadata: { collection: "people", next } });
const limited = { params: { query: { limit: 5 } }, headers: { "X-Trace": "t1" } };

describe("paginate", () => {
  test.each<[string, unknown[], string[]]>([
    ["_metadata.next until it is null", [pageOf("2"), pageOf("3"), pageOf(null)], ["&next=2", "&next=3"]],
    ["a numeric _metadata.next", [pageOf(0), pageOf(1.5), pageOf(null)], ["&next=0", "&next=1.5"]],
    ["the largest safe integer", [pageOf(Number.MAX_SAFE_INTEGER), pageOf(null)], ["&next=9007199254740991"]],
    [
      "the query of nextLink instead of its own, as it is spelled, and never to another origin",
      [{ nextLink: "https://elsewhere.example/x?f%5Ba%5D=b%20c+d&a%26b=1#top" }, { nextLink: null }],
      ["?f%5Ba%5D=b%20c+d&a%26b=1"],
    ],
    ["nextLink in _metadata where next is absent", [{ _metadata: { nextLink: "?a=2" } }, {}], ["?a=2"]],
    ["nothing, where next is null beside a link", [{ _metadata: { next: null, nextLink: "?a=2" } }], []],
    [
      "links that differ only in how often they name a parameter",
      [{ nextLink: "?id=1&id=2" }, { nextLink: "?id=1&id=3" }, {}],
      ["?id=1&id=2", "?id=1&id=3"],
    ],
    ["_metadata.next after a link", [{ nextLink: "?a=1" }, pageOf("2"), {}], ["?a=1", "?a=1&next=2"]],
    ...[{ people: [] }, { _metadata: {} }, pageOf(""), null, "text"].map((page): [string, unknown[], string[]] => [
      `nothing after ${JSON.stringify(page)}`,
      [page],
      [],
    ]),
  ])("follows %s, each with the headers of the call", async (_case, pages, following) => {
    const { api, urls, fetch } = apiOf(...pages);
    expect(await collect(paginate(api, "/people", limited))).toEqual(pages);
    expect(urls).toEqual(["?limit=5", ...following.map((query) => query.replace(/^&/, "?limit=5&"))]);
    for (const [, { headers }] of fetch.mock.calls) expect(new Headers(headers).get("X-Trace")).toBe("t1");
  });

  test("lets a querySerializer write the pages that no link names", async () => {
    const { api, urls } = apiOf(pageOf("2"), pageOf(null));
    const querySerializer = (query: object) => JSON.stringify(query).replaceAll('"', "");
    await collect(paginate(api, "/people", { ...limited, querySerializer }));
    expect(urls.map(decodeURI)).toEqual(["?{limit:5}", "?{limit:5,next:2}"]);
  });

  test.each(["9007199254740993", "-9007199254740993", "1e400"])(
    "refuses to follow _metadata.next %s, which JavaScript has rounded",
    async (next) => {
      const { api, fetch } = apiOf();
      fetch.mockImplementation(async () => new Response(`{"_metadata":{"next":${next}}}`));
      const pages = paginate(api, "/people");
      expect(await pages.next()).toMatchObject({ done: false });
      const failure = await rejection(pages.next(), RolloutResponseError);
      expect(failure).toMatchObject({ code: "invalid_response", path: "/people" });
      expect(fetch).toHaveBeenCalledTimes(1);
    },
  );

  test.each<[string, object, object[]]>([
    ["itself", {}, [pageOf("a"), pageOf("a")]],
    ["itself by a link", {}, [{ nextLink: "/people" }]],
    ["the first one", { next: "a" }, [pageOf("a")]],
    ["an earlier one", {}, [pageOf("a"), pageOf("b"), pageOf("a")]],
  ])("refuses a page that names %s as the next one, before it is read twice", async (_case, query, pages) => {
    const { api, urls } = apiOf(...pages);
    const failure = await rejection(collect(paginate(api, "/people", { params: { query } })), RolloutResponseError);
    expect(failure).toMatchObject({ code: "invalid_response", method: "GET", path: "/people" });
    expect(urls).toHaveLength(pages.length);
  });

  test("throws the error of the page that failed", async () => {
    const { api, fetch } = apiOf();
    fetch.mockImplementation(async () => Response.json({}, { status: 403 }));
    expect(await rejection(collect(paginate(api, "/people")), RolloutApiError)).toMatchObject({ code: "forbidden" });
  });
});

test.each([paginate, paginateItems])("%o requests no page that is not read", async (read) => {
  const { api, urls } = apiOf(pageOf("2", [{ id: "1" }, { id: "2" }]));
  for await (const _first of read(api, "/people")) break;
  expect(urls).toHaveLength(1);
});

describe("paginateItems", () => {
  const people = [{ id: "1" }];

  test("reads the entries of all pages, in order, with the same query for every page", async () => {
    const { api, urls } = apiOf(pageOf("2", people), pageOf("3"), pageOf(null, [{ id: "3" }]));
    expect(await collect(paginateItems(api, "/people", limited))).toEqual([{ id: "1" }, { id: "3" }]);
    expect(urls).toEqual(["?limit=5", "?limit=5&next=2", "?limit=5&next=3"]);
  });

  test.each<[string, object]>([
    ["of a page that is an array", people],
    ["that _metadata.collection names", { _metadata: { collection: "people" }, tags: ["a"], people }],
    ["that _metadata.collection names in other case", { _metadata: { collection: "People" }, tags: [], people }],
    ["that it names exactly, before one in other case", { _metadata: { collection: "people" }, People: [], people }],
    ["of the only array, without _metadata", { total: 1, people }],
    ["of the only array, where it names none", { _metadata: { collection: "total" }, total: 1, people }],
  ])("reads the entries %s", async (_case, page) => {
    expect(await collect(paginateItems(apiOf(page).api, "/people"))).toEqual(people);
  });

  test.each<[string, unknown]>([
    ["no array", { _metadata: { collection: "people" }, people: null }],
    ["two arrays, none of them named", { people: [], tags: [] }],
    ["no object, but null", null],
  ])("refuses a page with %s as an invalid_response", async (_case, page) => {
    const failure = await rejection(collect(paginateItems(apiOf(page).api, "/people")), RolloutResponseError);
    expect(failure).toMatchObject({ code: "invalid_response", method: "GET", path: "/people", mayHaveSucceeded: true });
  });
});
