import { createRolloutApi, paginate, RolloutApiError, RolloutResponseError } from "rollout-client";
import { expect, test } from "vitest";
import type { paths } from "../family/paths.ts";
import { json, startHttpServer } from "../support/http-server.ts";
import { rejection } from "../support/rejection.ts";

async function apiAnswering(answer: (query: URLSearchParams) => unknown, status = 200) {
  const server = await startHttpServer((request) =>
    json(answer(new URL(request.url, "http://localhost").searchParams), status),
  );
  const api = createRolloutApi<paths>({ token: "a token", baseUrl: server.url, credentialId: "cred_1", retry: false });
  return { api, server };
}

async function drain<Page>(pages: AsyncIterable<Page>): Promise<Page[]> {
  const all: Page[] = [];
  for await (const page of pages) all.push(page);
  return all;
}

const FOLLOWERS: Readonly<Record<string, string | null>> = { first: "second", second: "third", third: null };

test("reads page after page by _metadata.next until it is null", async () => {
  const { api, server } = await apiAnswering((query) => ({
    people: [],
    _metadata: { next: FOLLOWERS[query.get("next") ?? "first"] },
  }));
  const pages = await drain(paginate(api, "/people"));
  expect(pages.map(({ _metadata }) => _metadata.next)).toEqual(["second", "third", null]);
  expect(server.requests.map(({ url }) => url)).toEqual(["/people", "/people?next=second", "/people?next=third"]);
});

test("sends the same query and headers for every page", async () => {
  const { api, server } = await apiAnswering((query) => ({
    people: [],
    _metadata: { next: query.has("next") ? null : "second" },
  }));
  await drain(paginate(api, "/people", { params: { query: { limit: 5 } }, headers: { "X-Trace": "t1" } }));
  expect(server.requests.map(({ url }) => url)).toEqual(["/people?limit=5", "/people?limit=5&next=second"]);
  expect(server.requests.map(({ headers }) => headers["x-trace"])).toEqual(["t1", "t1"]);
});

test("follows the query of nextLink, and never to another origin", async () => {
  const { api, server } = await apiAnswering((query) => ({
    value: [],
    nextLink: query.has("next") ? null : "https://elsewhere.example/calendars?next=2#top",
  }));
  const pages = await drain(paginate(api, "/calendars"));
  expect(pages).toHaveLength(2);
  expect(server.requests.map(({ url }) => url)).toEqual(["/calendars", "/calendars?next=2"]);
});

test.each([{ people: [] }, { people: [], _metadata: {} }, null, "text", { people: [], _metadata: { next: "" } }])(
  "ends after a page that names no next one: %j",
  async (page) => {
    const { api, server } = await apiAnswering(() => page);
    expect(await drain(paginate(api, "/people"))).toEqual([page]);
    expect(server.requests).toHaveLength(1);
  },
);

test("refuses a page that names itself as the next one", async () => {
  const { api, server } = await apiAnswering(() => ({ people: [], _metadata: { next: "again" } }));
  const failure = await rejection(drain(paginate(api, "/people")), RolloutResponseError);
  expect(failure).toMatchObject({ code: "invalid_response", method: "GET", path: "/people" });
  expect(server.requests).toHaveLength(2);
});

test("requests no page that is not read", async () => {
  const { api, server } = await apiAnswering(() => ({ people: [], _metadata: { next: "more" } }));
  for await (const _page of paginate(api, "/people")) break;
  expect(server.requests).toHaveLength(1);
});

test("throws the error of the page that failed", async () => {
  const { api } = await apiAnswering(() => ({ errorMessage: "That did not work." }), 403);
  const failure = await rejection(drain(paginate(api, "/people")), RolloutApiError);
  expect(failure).toMatchObject({ code: "forbidden", errors: [{ message: "That did not work." }] });
});

test("keeps what nextLink names more than once", async () => {
  const { api, server } = await apiAnswering((query) => ({
    calendars: [],
    nextLink: query.has("next") ? null : "/calendars?id=1&id=2&next=2",
  }));
  await drain(paginate(api, "/calendars"));
  expect(server.requests[1]?.url).toBe("/calendars?id=1&id=2&next=2");
});
