import { createRolloutApi, type RolloutApi, RolloutApiError, RolloutConfigError, unwrap } from "rollout-client";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { isStream } from "../../src/call/request.ts";
import { rejection } from "../support/rejection.ts";
import { CREATED, type HttpServer, json, startHttpServer } from "../support/servers.ts";
import { type ThingPaths, thing } from "../support/things.ts";

interface Connected {
  readonly api: RolloutApi<ThingPaths>;
  readonly server: HttpServer;
}

/** An api of a server that refuses the first request. */
async function refusedOnce(status = 429, headers: Record<string, string> = {}): Promise<Connected> {
  let requests = 0;
  const server = await startHttpServer(() => {
    requests += 1;
    return requests === 1 ? json({}, status, headers) : CREATED;
  });
  const api = createRolloutApi<ThingPaths>({ token: () => "made-up", baseUrl: server.url, retry: { maxDelay: 0 } });
  return { api, server };
}

const middlewares = [[], [{ onRequest: () => {} }]];
const FORM = "application/x-www-form-urlencoded";
const BYTES = "application/octet-stream";
const bytes = () => new TextEncoder().encode("bytes");

test.each<[string, object, string, string]>([
  ["an object", { body: thing }, JSON.stringify(thing), "application/json"],
  ["a text", { body: "text" }, '"text"', "application/json"],
  ["null", { body: null }, "null", "application/json"],
  ["a Date", { body: { at: new Date(0) } }, '{"at":"1970-01-01T00:00:00.000Z"}', "application/json"],
  ["a Blob of a type", { body: new Blob(["blob"], { type: "text/csv" }) }, "blob", "text/csv"],
  ["a Blob without one", { body: new Blob(["blob"]) }, "blob", BYTES],
  ["a File", { body: new File(["file"], "name", { type: "text/csv" }) }, "file", "text/csv"],
  ["URLSearchParams", { body: new URLSearchParams({ a: "b c" }) }, "a=b+c", `${FORM};charset=UTF-8`],
  ["a Uint8Array", { body: bytes() }, "bytes", BYTES],
  ["an ArrayBuffer", { body: bytes().buffer }, "bytes", BYTES],
  ["a part of a buffer", { body: new DataView(bytes().buffer, 1, 2) }, "yt", BYTES],
  ["a form", { body: { a: "b c", d: 1 }, headers: { "Content-Type": FORM } }, "a=b+c&d=1", FORM],
  [
    "a form with a charset",
    { body: { a: "é" }, headers: { "content-type": `${FORM}; charset=utf-8` } },
    "a=%C3%A9",
    `${FORM}; charset=utf-8`,
  ],
  ["bytes of a type", { body: bytes(), headers: { "Content-Type": "text/csv" } }, "bytes", "text/csv"],
  ["a text that bodySerializer returns", { body: thing, bodySerializer: () => "text" }, "text", "application/json"],
  [
    "a Blob that bodySerializer returns",
    { body: thing, bodySerializer: () => new Blob(["blob"], { type: "text/csv" }) },
    "blob",
    "text/csv",
  ],
])("%s is sent and retried as it must be, with and without middleware", async (_case, init, sent, mediaType) => {
  for (const middleware of middlewares) {
    const { api, server } = await refusedOnce();
    await Reflect.apply(api.POST, api, ["/things", { ...init, middleware }]);
    const expected = { body: sent, headers: { "content-type": mediaType } };
    expect(server.requests).toMatchObject([expected, expected]);
  }
});

test("a FormData is sent as one, and retried with the same fields", async () => {
  for (const middleware of middlewares) {
    const { api, server } = await refusedOnce();
    const form = new FormData();
    form.set("name", "a thing");
    await api.POST("/things", { body: form, middleware });
    const forms = server.requests.map(({ body, headers }) =>
      new Response(body, { headers: { "Content-Type": headers["content-type"] ?? "" } }).formData(),
    );
    expect((await Promise.all(forms)).map((received) => [...received])).toEqual([
      [["name", "a thing"]],
      [["name", "a thing"]],
    ]);
  }
});

test("a body that changes while the call waits is sent as it was", async () => {
  const server = await startHttpServer();
  const api = createRolloutApi<ThingPaths>({
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

/** An object of another library than the platform's, whose class has the same name. */
const foreign = (name: string): object => ({ [Symbol.toStringTag]: name });
const circle: { self?: unknown } = {};
circle.self = circle;

test.each<[string, object]>([
  ["a FormData that is not the platform's", { body: foreign("FormData") }],
  ["a Blob that is not the platform's", { body: foreign("Blob") }],
  ["a circle", { body: circle }],
  ["a bigint", { body: { id: 1n } }],
  ["a FormData that is not the platform's, of bodySerializer", { bodySerializer: () => foreign("FormData") }],
])("%s as a body is refused, and nothing is sent", async (_case, init) => {
  const { api, server } = await refusedOnce();
  const call = Reflect.apply(api.POST, api, ["/things", { body: thing, ...init }]);
  const expected = { code: "invalid_input", option: "body", mayHaveSucceeded: false };
  expect(await rejection(call, RolloutConfigError)).toMatchObject(expected);
  expect(server.requests).toEqual([]);
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
  const { api, server } = await refusedOnce();
  const call = Reflect.apply(api.request, api, ["delete", "/things/{id}", init]);
  expect(await rejection(call, RolloutConfigError)).toMatchObject({ code: "invalid_input", option });
  expect(server.requests).toEqual([]);
});

test("duplex beside a body that is no stream does not prevent retries", async () => {
  for (const middleware of middlewares) {
    const { api, server } = await refusedOnce(429, { "Retry-After": "0" });
    unwrap(await api.request("put", "/things", { body: thing, duplex: "half", middleware }));
    expect(server.requests).toHaveLength(2);
  }
});

async function* chunks() {
  yield new TextEncoder().encode("streamed");
}
const stream = () => new Blob(["streamed"]).stream();

test.each<[string, () => object]>([
  ["a ReadableStream", () => ({ body: stream() })],
  ["an async iterable", () => ({ body: chunks() })],
  ["a stream that bodySerializer returns", () => ({ body: thing, bodySerializer: stream })],
])("%s is sent once, and not retried", async (_case, init) => {
  for (const middleware of middlewares) {
    for (const status of [429, 401, 500]) {
      const { api, server } = await refusedOnce(status, { "Retry-After": "0" });
      const result = await Reflect.apply(api.PUT, api, ["/things", { ...init(), duplex: "half", middleware }]);
      expect(await rejection(() => unwrap(result), RolloutApiError)).toMatchObject({ status, attempts: 1 });
      expect(server.requests.map(({ body }) => body)).toEqual(["streamed"]);
    }
  }
});

test("a stream is not retried after a lost connection", async () => {
  const fetch = vi.fn(() => Promise.reject(new TypeError("fetch failed")));
  const api = createRolloutApi<ThingPaths>({ baseUrl: "https://rollout.test/api", token: "made-up", fetch });
  const call = api.PUT("/things", { body: stream(), duplex: "half" });
  await expect(call).rejects.toMatchObject({ code: "network", attempts: 1, mayHaveSucceeded: true });
  expect(fetch).toHaveBeenCalledTimes(1);
});

test("a ReadableStream of a browser whose streams are not async iterable is a stream, too", () => {
  const { prototype } = ReadableStream;
  const iterator = Object.getOwnPropertyDescriptor(prototype, Symbol.asyncIterator);
  onTestFinished(() => void Object.defineProperty(prototype, Symbol.asyncIterator, { ...iterator }));
  Reflect.deleteProperty(prototype, Symbol.asyncIterator);
  expect(isStream(new ReadableStream())).toBe(true);
});

describe("a query", () => {
  const fetch = vi.fn(async (_url: string) => Response.json({}));
  const api = createRolloutApi<ThingPaths>({ baseUrl: "https://rollout.test", token: "made-up", fetch });
  const call = (query: object, init: object = {}) =>
    Reflect.apply(api.GET, api, ["/things", { params: { query }, ...init }]);
  const at = new Date(0);
  const AT = "1970-01-01T00%3A00%3A00.000Z";

  test.each<[string, object, string]>([
    [
      "texts, numbers and booleans",
      { a: "b c&d", e: 1.5, f: false, g: 0, h: 1n },
      "?a=b%20c%26d&e=1.5&f=false&g=0&h=1",
    ],
    ["an empty text", { a: "" }, "?a="],
    ["a Date", { since: at }, `?since=${AT}`],
    ["an array with Dates", { since: [at, 1] }, `?since=${AT}&since=1`],
    ["an object with a Date", { filter: { since: at, a: "é" } }, `?filter[since]=${AT}&filter[a]=%C3%A9`],
    ["nothing", {}, ""],
    ["undefined and null", { a: undefined, b: 1, c: null, d: 2, e: undefined }, "?b=1&d=2"],
    ["nothing but what is left out", { a: undefined, b: [], c: {}, d: [undefined], e: { f: null } }, ""],
    ["empty members between others", { a: [], b: 1, c: {}, d: 2 }, "?b=1&d=2"],
    ["empty entries between others", { a: [1, undefined, 2], b: { c: null, d: 3 } }, "?a=1&a=2&b[d]=3"],
    ["names to be encoded", { "a&b": 1, "c#": [2], "d+e": { "f g": 3 } }, "?a%26b=1&c%23=2&d%2Be[f%20g]=3"],
    ["names with brackets", { "filter[name]": "a", "tags[]": ["b", "c"] }, "?filter[name]=a&tags[]=b&tags[]=c"],
    [
      "the name of every object's prototype",
      JSON.parse('{"__proto__":"a","constructor":"b"}'),
      "?__proto__=a&constructor=b",
    ],
  ])("of %s is sent", async (_case, query, sent) => {
    await call(query);
    const url = fetch.mock.lastCall?.[0] ?? "";
    expect(url.replaceAll("%5B", "[").replaceAll("%5D", "]")).toBe(`https://rollout.test/things${sent}`);
  });

  test.each<[string, unknown]>([
    ["a Map", new Map([["a", 1]])],
    ["a Set", new Set([1])],
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
    ["a Map in an array", [new Map()]],
  ])("of %s is refused by name, and nothing is sent", async (_case, since) => {
    fetch.mockClear();
    const failure = await rejection(call({ limit: 1, since }), RolloutConfigError);
    expect(failure).toMatchObject({ code: "invalid_input", option: "params.query.since" });
    expect(fetch).not.toHaveBeenCalled();
  });

  test("is prepared for the styles of a querySerializer, and handed as it is to one of the caller's", async () => {
    const style = { array: { style: "pipeDelimited", explode: false } };
    await call({ since: [at, 1], none: [] }, { querySerializer: style });
    expect(fetch.mock.lastCall?.[0]).toBe(`https://rollout.test/things?since=${AT}|1`);
    const querySerializer = vi.fn(() => "own=1");
    const query = { since: new Map() };
    await call(query, { querySerializer });
    expect(querySerializer).toHaveBeenCalledWith(query);
    expect(fetch.mock.lastCall?.[0]).toBe("https://rollout.test/things?own=1");
  });
});

test.each<[string, () => BodyInit]>([
  ["a text", () => "planted=secret text"],
  ["a form", () => new URLSearchParams({ planted: "secret text" })],
])("%s that a bodySerializer returned is redacted in an error that echoes it", async (_case, bodySerializer) => {
  const server = await startHttpServer(({ body }) => json({ errorMessage: `cannot read ${body}` }, 400));
  const api = createRolloutApi<ThingPaths>({ token: "made-up", baseUrl: server.url });
  const failure = await rejection(api.POST("/things", { body: thing, bodySerializer }).then(unwrap), RolloutApiError);
  expect(failure.errors).toEqual([{ message: "cannot read [redacted]" }]);
});

test("userInputs that middleware puts into a body are redacted in an error that echoes them", async () => {
  const server = await startHttpServer(() => json({ errorMessage: "planted is no password" }, 400));
  const api = createRolloutApi<ThingPaths>({ token: "made-up", baseUrl: server.url });
  const body = JSON.stringify({ userInputs: { password: "planted" } });
  api.use({ onRequest: ({ request }) => new Request(request, { body }) });
  const failure = await rejection(api.POST("/things", { body: thing }).then(unwrap), RolloutApiError);
  expect(failure.errors).toEqual([{ message: "[redacted] is no password" }]);
  expect(server.requests.map((request) => request.body)).toEqual([body]);
});
