import { createRolloutApi, paginate, paginateItems, RolloutApiError, RolloutResponseError } from "rollout-client";
import { describe, expect, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";
import type { CrmPaths } from "./crm-paths.ts";

/** An api that responds with these pages, the last of them for ever. `urls` are what it was asked for. */
function apiOf(...pages: readonly unknown[]) {
  const urls: string[] = [];
  const fetch = vi.fn(async (url: string, _init: RequestInit) => {
    urls.push(url.replace("https://crm.test", ""));
    return Response.json(pages[urls.length - 1] ?? pages.at(-1));
  });
  return { api: createRolloutApi<CrmPaths>({ token: "a token", baseUrl: "https://crm.test", fetch }), urls, fetch };
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const pageOf = (next: unknown, people: unknown[] = []) => ({ people, _metadata: { collection: "people", next } });

describe("paginate", () => {
  test("reads pages by _metadata.next until it is null, each with the same query and headers", async () => {
    const pages = [pageOf("second"), pageOf("third"), pageOf(null)];
    const { api, urls, fetch } = apiOf(...pages);
    const init = { params: { query: { limit: 5 } }, headers: { "X-Trace": "t1" } };
    expect(await collect(paginate(api, "/people", init))).toEqual(pages);
    expect(urls).toEqual(["/people?limit=5", "/people?limit=5&next=second", "/people?limit=5&next=third"]);
    expect(fetch.mock.calls.map(([, { headers }]) => new Headers(headers).get("X-Trace"))).toEqual(["t1", "t1", "t1"]);
  });

  test.each<[string, object[], string[]]>([
    ["a numeric _metadata.next", [pageOf(0), pageOf(1.5), pageOf(null)], ["", "?next=0", "?next=1.5"]],
    ["the largest safe integer", [pageOf(Number.MAX_SAFE_INTEGER), pageOf(null)], ["", "?next=9007199254740991"]],
    [
      "the query of nextLink, and never to another origin",
      [
        { people: [], nextLink: "https://elsewhere.example/calendars?id=1&id=2#top" },
        { people: [], nextLink: null },
      ],
      ["", "?id=1&id=2"],
    ],
    [
      "nextLink in _metadata where next is absent, and not where it is null",
      [{ _metadata: { nextLink: "?next=2" } }, { _metadata: { next: null, nextLink: "?next=3" } }],
      ["", "?next=2"],
    ],
    [
      "links whose queries differ only in how often they name a parameter",
      [{ nextLink: "?id=1&id=2" }, { nextLink: "?id=1&id=3" }, {}],
      ["", "?id=1&id=2", "?id=1&id=3"],
    ],
    ["_metadata.next after a link", [{ nextLink: "?a=1" }, pageOf("2"), {}], ["", "?a=1", "?a=1&next=2"]],
    ...[{ people: [] }, { people: [], _metadata: {} }, pageOf("")].map((page): [string, object[], string[]] => [
      `nothing after ${JSON.stringify(page)}`,
      [page],
      [""],
    ]),
  ])("follows %s", async (_case, pages, queries) => {
    const { api, urls } = apiOf(...pages);
    expect(await collect(paginate(api, "/people"))).toEqual(pages);
    expect(urls).toEqual(queries.map((query) => `/people${query}`));
  });

  test.each([null, "text"])("ends after a page that is no object: %j", async (page) => {
    expect(await collect(paginate(apiOf(page).api, "/people"))).toEqual([page]);
  });

  test.each([
    ["an object", { filter: { name: "Ada & Co" } }, "filter%5Bname%5D=Ada%20%26%20Co&next=2"],
    ["an array", { fields: ["id", "name"] }, "fields=id&fields=name&next=2"],
    ["a number", { limit: 5 }, "limit=6&next=2"],
    ["a parameter that the link leaves out", { limit: 5 }, "next=2"],
    ["names to be encoded", {}, "a%26b=1&c%23=2&d%2Be=3&f%25=4&next=a+b%2B"],
  ])("replaces the query by that of nextLink, and sends it as it is: %s", async (_case, query, linked) => {
    const { api, urls } = apiOf({ calendars: [], nextLink: `/calendars?${linked}` }, { calendars: [] });
    await collect(paginate(api, "/calendars", { params: { query } }));
    expect(urls.slice(1)).toEqual([`/calendars?${linked}`]);
  });

  test("lets a querySerializer write the pages that no link names", async () => {
    const { api, urls } = apiOf(pageOf("2"), pageOf(null));
    const querySerializer = (query: object) => JSON.stringify(query).replaceAll('"', "");
    await collect(paginate(api, "/people", { params: { query: { limit: 5 } }, querySerializer }));
    expect(urls.map(decodeURI)).toEqual(["/people?{limit:5}", "/people?{limit:5,next:2}"]);
  });

  test.each(["9007199254740993", "-9007199254740993", "1e21", "1e400"])(
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
    fetch.mockImplementation(async () => Response.json({ errorMessage: "That did not work." }, { status: 403 }));
    const failure = await rejection(collect(paginate(api, "/people")), RolloutApiError);
    expect(failure).toMatchObject({ code: "forbidden", errors: [{ message: "That did not work." }] });
  });
});

test.each([paginate, paginateItems])("%o requests no page that is not read", async (read) => {
  const { api, urls } = apiOf(pageOf("2", [{ id: "1" }, { id: "2" }]));
  for await (const _first of read(api, "/people")) break;
  expect(urls).toHaveLength(1);
});

describe("paginateItems", () => {
  test("reads the entries of all pages, in order, with the same query for every page", async () => {
    const { api, urls } = apiOf(pageOf("2", [{ id: "1" }, { id: "2" }]), pageOf("3"), pageOf(null, [{ id: "3" }]));
    const people = await collect(paginateItems(api, "/people", { params: { query: { limit: 2 } } }));
    expect(people).toEqual([{ id: "1" }, { id: "2" }, { id: "3" }]);
    expect(urls).toEqual(["/people?limit=2", "/people?limit=2&next=2", "/people?limit=2&next=3"]);
  });

  const people = [{ id: "1" }];
  test.each<[string, object]>([
    ["of a page that is an array", people],
    ["that _metadata.collection names", { _metadata: { collection: "people" }, tags: ["a"], people }],
    ["that _metadata.collection names in other case", { _metadata: { collection: "People" }, tags: [], people }],
    ["that it names exactly, before one in other case", { _metadata: { collection: "people" }, People: [], people }],
    ["of the only array, without _metadata", { total: 1, people }],
    ["of the only array, where _metadata.collection names none", { _metadata: { collection: "data" }, people }],
    ["of the only array, where it names no array", { _metadata: { collection: "total" }, total: 1, people }],
  ])("reads the entries %s", async (_case, page) => {
    expect(await collect(paginateItems(apiOf(page).api, "/people"))).toEqual(people);
  });

  test.each<[string, unknown]>([
    ["no array", { _metadata: { collection: "people" } }],
    ["two arrays, none of them named", { people: [], tags: [] }],
    ["null in place of the array", { _metadata: { collection: "people" }, people: null }],
    ["no object, but null", null],
  ])("refuses a page with %s as an invalid_response", async (_case, page) => {
    const failure = await rejection(collect(paginateItems(apiOf(page).api, "/people")), RolloutResponseError);
    expect(failure).toMatchObject({ code: "invalid_response", method: "GET", path: "/people", mayHaveSucceeded: true });
  });
});
