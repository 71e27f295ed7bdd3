import fc from "fast-check";
import { type CallRecord, type FetchFunction, RolloutApiError, RolloutConfigError, unwrap } from "rollout-client";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { isStream } from "../../src/call/request.ts";
import { rejection } from "../support/rejection.ts";
import { CREATED, json, startHttpServer } from "../support/servers.ts";
import { thing } from "../support/things.ts";
import { losing, thingsApi } from "../support/things-api.ts";

/** An api of a server that refuses the first request. */
async function refusedOnce(status = 429) {
  const server = await startHttpServer(() =>
    server.requests.length === 1 ? json({}, status, { "Retry-After": "0" }) : CREATED,
  );
  const api = thingsApi({ token: () => "made-up", baseUrl: server.url, rateLimiter: false });
  return { api, server };
}

const middlewares = [[], [{ onRequest: () => {} }]];
const FORM = "application/x-www-form-urlencoded";
const BYTES = "application/octet-stream";
const bytes = () => new TextEncoder().encode("bytes");

test.each<[string, object, string, string]>([
  ["an object", { body: thing }, JSON.stringify(thing), "application/json"],
  ["a Blob of a type", { body: new Blob(["blob"], { type: "text/csv" }) }, "blob", "text/csv"],
  ["a Blob without one", { body: new Blob(["blob"]) }, "blob", BYTES],
  ["a File", { body: new File(["file"], "name", { type: "text/csv" }) }, "file", "text/csv"],
  ["URLSearchParams", { body: new URLSearchParams({ a: "b c" }) }, "a=b+c", `${FORM};charset=UTF-8`],
  ["a Uint8Array", { body: bytes() }, "bytes", BYTES],
  ["an ArrayBuffer", { body: bytes().buffer }, "bytes", BYTES],
  ["a part of a buffer", { body: new DataView(bytes().buffer, 1, 2) }, "yt", BYTES],
  [
    "a form with a charset",
    { body: { a: "é" }, headers: { "content-type": `${FORM}; charset=a` } },
    "a=%C3%A9",
    `${FORM}; charset=a`,
  ],
  ["bytes of a type", { body: bytes(), headers: { "Content-Type": "text/csv" } }, "bytes", "text/csv"],
  ["a text that bodySerializer returns", { body: thing, bodySerializer: () => "text" }, "text", "application/json"],
])("%s is sent and retried as it must be, with and without middleware", async (_case, init, sent, mediaType) => {
  for (const middleware of middlewares) {
    const { api, server } = await refusedOnce();
    // What is meant for streams prevents no retry.
    await Reflect.apply(api.POST, api, ["/things", { ...init, middleware, duplex: "half" }]);
    const expected = { body: sent, headers: { "content-type": mediaType } };
    expect(server.requests).toMatchObject([expected, expected]);
  }
});

test("a body that changes while the call waits is sent as it was", async () => {
  const server = await startHttpServer();
  const api = thingsApi({
    token: () => new Promise((resolve) => setImmediate(resolve, "made-up")),
    baseUrl: server.url,
  });
  const [list, form, search] = [bytes(), new FormData(), new URLSearchParams("a=1")];
  form.set("a", "1");
  const calls = [list, form, search].map((body) => api.POST("/things", { body }));
  list.fill(0);
  form.set("a", "2");
  search.set("a", "2");
  await Promise.all(calls);
  const sent = server.requests.map(({ body }) => body).sort();
  expect(sent).toEqual([expect.stringMatching(/name="a"\r\n\r\n1\r\n/), "a=1", "bytes"]);
});

async function* chunks() {
  yield new TextEncoder().encode("streamed");
}
const stream = () => new Blob(["streamed"]).stream();

test.each<[string, string, () => object]>([
  ["a ReadableStream", BYTES, () => ({ body: stream() })],
  ["an async iterable", BYTES, () => ({ body: chunks() })],
  ["a stream that bodySerializer returns", "application/json", () => ({ body: thing, bodySerializer: stream })],
])("%s is sent once, as %s, and not retried", async (_case, mediaType, init) => {
  for (const middleware of middlewares) {
    for (const status of [429, 401, 500]) {
      const { api, server } = await refusedOnce(status);
      const result = await Reflect.apply(api.PUT, api, ["/things", { ...init(), duplex: "half", middleware }]);
      expect(await rejection(() => unwrap(result), RolloutApiError)).toMatchObject({ status, attempts: 1 });
      expect(server.requests).toMatchObject([{ body: "streamed", headers: { "content-type": mediaType } }]);
    }
  }
});

test("a ReadableStream of a browser whose streams are not async iterable is a stream, too", () => {
  const { prototype } = ReadableStream;
  const iterator = Object.getOwnPropertyDescriptor(prototype, Symbol.asyncIterator);
  onTestFinished(() => void Object.defineProperty(prototype, Symbol.asyncIterator, { ...iterator }));
  Reflect.deleteProperty(prototype, Symbol.asyncIterator);
  expect(isStream(new ReadableStream())).toBe(true);
});

const inputs = JSON.stringify({ userInputs: { password: "planted" } });

test.each<[string, object, string]>([
  ["a text of bodySerializer", { bodySerializer: () => "planted=secret text" }, "planted=secret text"],
  ["a form of it", { bodySerializer: () => new URLSearchParams({ planted: "a b" }) }, "planted=a+b"],
  [
    "userInputs of middleware",
    { middleware: [{ onRequest: ({ request }: { request: Request }) => new Request(request, { body: inputs }) }] },
    "planted",
  ],
])("%s is redacted in an error that echoes it", async (_case, init, echo) => {
  const server = await startHttpServer(() => json({ echo }, 400));
  const { error } = await thingsApi({ baseUrl: server.url }).POST("/things", { body: thing, ...init });
  expect(error).toEqual({ echo: "[redacted]" });
});

const fetch = vi.fn<FetchFunction>(async () => Response.json({}));
beforeEach(() => {
  fetch.mockClear();
});

/** An object of another library than the platform's, whose class has the same name. */
const foreign = (name: string): object => ({ [Symbol.toStringTag]: name });
const circle: { self?: unknown } = {};
circle.self = circle;

test.each<[string, object]>([
  ["a FormData that is not the platform's", { body: foreign("FormData") }],
  ["a Blob that is not the platform's", { body: foreign("Blob") }],
  ["a circle", { body: circle }],
  ["a bigint", { body: { id: 1n } }],
  ["a FormData that is not the platform's, of bodySerializer", { body: 1, bodySerializer: () => foreign("FormData") }],
])("%s as a body is refused, and nothing is sent", async (_case, init) => {
  const expected = { code: "invalid_input", option: "body", mayHaveSucceeded: false };
  expect(await rejection(thingsApi({ fetch }).POST("/things", init), RolloutConfigError)).toMatchObject(expected);
  expect(fetch).not.toHaveBeenCalled();
});

describe("a query", () => {
  const api = thingsApi({ fetch });
  const call = (query: object, init: object = {}) =>
    Reflect.apply(api.GET, api, ["/things", { params: { query }, ...init }]);
  const at = new Date(0);
  const AT = "1970-01-01T00%3A00%3A00.000Z";

  test.each<[string, object, string]>([
    ["a bigint", { a: 1n }, "?a=1"],
    ["a Date", { since: at }, `?since=${AT}`],
    ["an array with Dates", { since: [at, 1] }, `?since=${AT}&since=1`],
    ["an object with a Date", { filter: { since: at, a: "é" } }, `?filter[since]=${AT}&filter[a]=%C3%A9`],
    ["nothing but what is left out", { a: undefined, b: [], c: {}, d: [undefined], e: { f: null } }, ""],
    ["what is left out between others", { a: undefined, b: 1, c: null, d: [], e: {}, f: 2 }, "?b=1&f=2"],
    ["empty entries between others", { a: [1, undefined, 2], b: { c: null, d: 3 } }, "?a=1&a=2&b[d]=3"],
    ["names to be encoded", { "a&b": 1, "c#": [2], "d+e": { "f g": 3 } }, "?a%26b=1&c%23=2&d%2Be[f%20g]=3"],
    ["names with brackets", { "filter[name]": "a", "tags[]": ["b", "c"] }, "?filter[name]=a&tags[]=b&tags[]=c"],
    ["names of every object", JSON.parse('{"__proto__":"a","constructor":"b"}'), "?__proto__=a&constructor=b"],
  ])("of %s is sent", async (_case, query, sent) => {
    await call(query);
    const url = fetch.mock.lastCall?.[0].replaceAll("%5B", "[").replaceAll("%5D", "]");
    expect(url).toBe(`https://rollout.test/api/things${sent}`);
  });

  test.each<[string, unknown]>([
    ["a Map", new Map([["a", 1]])],
    ["URLSearchParams", new URLSearchParams("a=1")],
    ["a Date that is none", new Date(Number.NaN)],
    ["a function", () => 1],
    ["a symbol", Symbol("a")],
    ["NaN", Number.NaN],
    ["half a surrogate pair", "\ud800"],
    ["an object in an array", [{ a: 1 }]],
    ["an array in an array", [[1]]],
    ["an array in an object", { a: [1] }],
    ["an object in an object", { a: { b: 1 } }],
  ])("of %s is refused by name, and nothing is sent", async (_case, since) => {
    const failure = await rejection(call({ limit: 1, since }), RolloutConfigError);
    expect(failure).toMatchObject({ code: "invalid_input", option: "params.query.since" });
    expect(fetch).not.toHaveBeenCalled();
  });

  test("is prepared for the styles of a querySerializer, and handed as it is to one of the caller's", async () => {
    await call(
      { since: [at, 1], none: [] },
      { querySerializer: { array: { style: "pipeDelimited", explode: false } } },
    );
    const querySerializer = vi.fn(() => "own=1");
    const query = { since: new Map() };
    await call(query, { querySerializer });
    expect(querySerializer).toHaveBeenCalledWith(query);
    const urls = fetch.mock.calls.map(([url]) => url.replace("https://rollout.test/api/things", ""));
    expect(urls).toEqual([`?since=${AT}|1`, "?own=1"]);
  });
});

test.each<[string, object]>([
  ["params", { params: null }],
  ["params", { params: "thing_1" }],
  ["middleware", { middleware: null }],
  ["middleware", { middleware: {} }],
  ["params.path.id", { params: { path: { id: Symbol("a") } } }],
  ["params.path.id", { params: { path: { id: "\ud800" } } }],
  ["params.path.id", { params: { path: { id: ["a", "\ud800"] } } }],
  ["params.path.id", { params: { path: null } }],
  ["params.query", { params: { path: { id: 1 }, query: { "\ud800": 1 } } }],
  ["params.query", { params: { path: { id: 1 }, query: { filter: { "\ud800": 1 } } } }],
])("%s is named if it cannot be sent, and nothing is: %o", async (option, init) => {
  const fetch = vi.fn(losing);
  const call = Reflect.apply(thingsApi({ fetch }).request, undefined, ["delete", "/things/{id}", init]);
  expect(await rejection(call, RolloutConfigError)).toMatchObject({ code: "invalid_input", option });
  expect(fetch).not.toHaveBeenCalled();
});

test("the base URL of a call may differ from the client's in its path", async () => {
  await thingsApi({ fetch }).GET("/things", { baseUrl: "https://rollout.test/beta/" });
  expect(fetch.mock.lastCall?.[0]).toBe("https://rollout.test/beta/things");
});

test("a fetch is asked not to follow redirects, whatever the init of the call says", async () => {
  await thingsApi({ fetch }).GET("/things", { redirect: "follow" });
  expect(fetch.mock.lastCall?.[1].redirect).toBe("manual");
});

/** Makes a GET of any path, with any init. */
const get = (path: string, init?: object, baseUrl = "https://rollout.test/api"): Promise<unknown> =>
  Reflect.apply(thingsApi({ fetch, baseUrl }).GET, undefined, [path, init]);
const elsewhere = [{ onRequest: ({ request }: { request: Request }) => new Request("https://other.test", request) }];

test.each<[string, () => Promise<unknown>]>([
  ["the base URL of the call", () => get("/things", { baseUrl: "https://other.test" })],
  ["a base URL that begins like the client's", () => get("/things", { baseUrl: "https://rollout.test0" })],
  ["a base URL without an origin", () => get("/things", { baseUrl: "/elsewhere" })],
  ["the path", () => get("@example.com/things", {}, "https://rollout.test")],
  ["middleware", () => get("/things", { middleware: elsewhere })],
])("a call to another origin by %s is refused, and nothing is sent", async (_case, call) => {
  expect(await rejection(call(), RolloutConfigError)).toMatchObject({ code: "invalid_config", option: "baseUrl" });
  expect(fetch).not.toHaveBeenCalled();
});

const refusal = (name: string) => ({ code: "invalid_input", option: `params.path.${name}`, mayHaveSucceeded: false });

test.each<[string, object | undefined]>([
  ["name", undefined],
  ["name", { params: { path: { name: undefined } } }],
  ["name", { params: { path: { name: null } } }],
  ["toString", { params: { path: {} } }],
])("a path whose parameter %s is missing is refused, and nothing is sent: %j", async (name, init) => {
  expect(await rejection(get(`/people/{${name}}`, init), RolloutConfigError)).toMatchObject(refusal(name));
  expect(fetch).not.toHaveBeenCalled();
});

test("whatever the value of a parameter, and in whatever style, it is a segment of the path, or refused", async () => {
  const styles = fc.constantFrom("{name}", "{name*}", "{.name}", "{.name*}", "{;name}", "{;name*}");
  const special = fc.constantFrom("", ".", "..", "...", "/", "%2e", "?", "#", "\\", "\n");
  const text = fc.oneof(special, fc.string({ maxLength: 3 }));
  const lists = fc.oneof(fc.array(text, { maxLength: 3 }), fc.dictionary(text, text, { maxKeys: 2 }));
  await fc.assert(
    fc.asyncProperty(styles, fc.oneof(text, lists, fc.integer()), async (style, name) => {
      fetch.mockClear();
      try {
        await get(`/people/${style}/x`, { params: { path: { name } } });
      } catch (failure) {
        expect(failure).toMatchObject(refusal("name"));
        expect(fetch).not.toHaveBeenCalled();
        return;
      }
      expect(new URL(fetch.mock.lastCall?.[0] ?? "").pathname).toMatch(/^\/api\/people\/[^/]+\/x$/);
    }),
    { numRuns: 300 },
  );
});

test.each([
  ...["\n", "\r\nGET /other", "\u0000", "\u007f", "\u0085", "\u2028", "\u202e"].map((end) => [
    "path",
    "GET",
    `/things${end}`,
  ]),
  ...["GET\n", "GET /other\r\n", "G\u00cbT"].map((method) => ["method", method, "/things"]),
])("the %s of %j %j is refused, and neither logged nor recorded", async (option, method, path) => {
  const logger = { debug: vi.fn(), warn: vi.fn() };
  const records: CallRecord[] = [];
  const api = thingsApi({ fetch, logger, onCall: (record) => void records.push(record) });
  const failure = await rejection(Reflect.apply(api.request, api, [method, path]), RolloutConfigError);
  expect(failure).toMatchObject({ code: "invalid_input", option });
  expect(records).toHaveLength(1);
  const shown = [failure.message, records[0]?.method, records[0]?.path].join(" ");
  expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\u00cb]/u);
  for (const spy of [fetch, logger.debug, logger.warn]) expect(spy).not.toHaveBeenCalled();
});
