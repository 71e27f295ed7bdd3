import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import createClient, { type Middleware } from "openapi-fetch";
import { createRolloutApi } from "rollout-client";
import { expect, test } from "vitest";
import packageFile from "../../package.json" with { type: "json" };
import { serve } from "../support/servers.ts";

// The same calls through openapi-fetch and through `api`. What the server received, what middleware saw and what came back must be
// equal, but for what a case lists, with the reason. A difference that is listed and not there fails too.

const REASONS = {
  redirect: "a redirect is never followed: the token must not go elsewhere",
  accept: "`Accept` is */* where `parseAs` is not JSON",
  header: "a header replaces the client's, also if it is an array",
  secret: "middleware never sees the token",
  stream: 'openapi-fetch is always asked to parse "stream", because the body is parsed afterwards',
  date: "a Date in a query is ISO 8601",
  query: "names are encoded, and what is empty leaves no & behind",
  lost: "values that openapi-fetch would send as something else are refused by name",
  path: "a path that its parameters would change is refused",
  body: "bodies that `fetch` takes are sent as they are, with their own media type",
  form: "a media type of forms may have parameters",
  noError: "an error response without a body has an `error` too",
  class: "what fails otherwise is a RolloutError",
  onError: "`onError` gets the RolloutError of the last attempt",
} as const;

type Differences = Readonly<Record<string, keyof typeof REASONS>>;
type Note = (what: string, value: unknown) => void;
type Init = (note: Note) => object;
type Case = readonly [name: string, method: string, path: string, init?: Init | undefined, differences?: Differences];
type Send = (method: string, path: string, init: object) => Promise<object>;

const form = (): FormData => {
  const data = new FormData();
  data.set("name", "a thing");
  return data;
};
const query = (value: object) => () => ({ params: { query: value } });
const path = (value: object) => () => ({ params: { path: value } });
const body =
  (value: unknown, more: object = {}) =>
  () => ({ body: value, ...more });
const headers = (value: object) => () => ({ headers: value });
const middleware =
  (create: (note: Note) => Middleware, more: object = {}) =>
  (note: Note) => ({
    middleware: [create(note)],
    ...more,
  });
const parseAs = (as: string) => () => ({ parseAs: as });
const thing = { name: "a thing", size: 3 };
const FORM = "application/x-www-form-urlencoded";

const cases: readonly Case[] = [
  ["GET", "GET", "/echo"],
  ["a method in lower case", "get", "/echo"],
  ["HEAD", "HEAD", "/echo"],
  ["OPTIONS", "OPTIONS", "/echo"],
  ["POST", "POST", "/echo", body(thing)],
  ["PUT", "PUT", "/echo", body(thing)],
  ["PATCH", "PATCH", "/echo", body(thing)],
  ["DELETE with a body", "DELETE", "/echo", body(thing)],
  ["POST without a body", "POST", "/echo"],

  ["a path parameter", "GET", "/echo/{id}", path({ id: "per_1" })],
  ["a path parameter to encode", "GET", "/echo/{id}/x", path({ id: "a b/ü?#&" })],
  ["path parameters of other types", "GET", "/echo/{a}/{b}", path({ a: 7, b: true })],
  ["a list in a path", "GET", "/echo/{id}", path({ id: ["a", "b"] })],
  ["styles of path parameters", "GET", "/echo/{.a}/{;b}/{c*}", path({ a: "x", b: "y", c: { d: 1, e: 2 } })],
  [
    "pathSerializer",
    "GET",
    "/echo/{id}",
    () => ({ ...path({ id: 1 })(), pathSerializer: (url: string) => url.replace("{id}", "own") }),
  ],
  ["a missing path parameter", "GET", "/echo/{id}", undefined, { sent: "path", got: "path" }],
  ["a path parameter that is ..", "GET", "/echo/{id}", path({ id: ".." }), { sent: "path", got: "path" }],

  ["a query", "GET", "/echo", query({ a: "x", b: 1, c: false, d: "" })],
  ["a query to encode", "GET", "/echo", query({ q: "a b&c=d+e#ü/?" })],
  ["lists and objects in a query", "GET", "/echo", query({ ids: ["a", "b c"], filter: { name: "Ada", age: 36 } })],
  ["undefined and null in a query", "GET", "/echo", query({ a: undefined, b: null, c: 1 })],
  ["empty members of a query", "GET", "/echo", query({ a: [], b: 1, c: {}, d: 2 }), { "sent.url": "query" }],
  ["names in a query", "GET", "/echo", query({ "a&b": 1, "c[d]": 2 }), { "sent.url": "query" }],
  ["a Date in a query", "GET", "/echo", query({ since: new Date(0) }), { "sent.url": "date" }],
  ["a Map in a query", "GET", "/echo", query({ filter: new Map([["a", 1]]) }), { sent: "lost", got: "lost" }],
  ["NaN in a query", "GET", "/echo", query({ a: Number.NaN }), { sent: "lost", got: "lost" }],
  ["objects in a list", "GET", "/echo", query({ a: [{ b: 1 }] }), { "got.thrown": "class" }],
  ...[
    { array: { style: "spaceDelimited", explode: false } },
    { array: { style: "pipeDelimited", explode: false }, allowReserved: true },
    { array: { style: "form", explode: false }, object: { style: "form", explode: false } },
    { object: { style: "form", explode: true } },
    (given: object) => `own=${Object.keys(given)}`,
  ].map(
    (querySerializer, index): Case => [
      `querySerializer ${index + 1}`,
      "GET",
      "/echo",
      () => ({ ...query({ ids: ["a", "b/c"], filter: { name: "Ada" } })(), querySerializer }),
    ],
  ),

  ["headers", "GET", "/echo", headers({ "X-A": "1", "x-number": 2, "X-None": undefined, Accept: null })],
  ["a Headers", "GET", "/echo", headers(new Headers({ "X-A": "1", Accept: "text/csv" }))],
  [
    "params.header",
    "GET",
    "/echo",
    () => ({ headers: { "X-A": "1" }, params: { header: { "X-A": "2", "If-Match": '"7"' } } }),
  ],
  ["a header with several values", "GET", "/echo", headers({ "X-List": ["a", "b"] })],
  [
    "a header that the client has, as an array",
    "GET",
    "/echo",
    headers({ Accept: ["text/csv"] }),
    { "sent.accept": "header" },
  ],

  ["a list as body", "POST", "/echo", body([thing])],
  ["a text as body", "POST", "/echo", body("text")],
  ["0, as body", "POST", "/echo", body(0)],
  ["false, as body", "POST", "/echo", body(false)],
  ["null, as body", "POST", "/echo", body(null)],
  ["an empty text, as body", "POST", "/echo", body("")],
  ["a Date in a body", "POST", "/echo", body({ at: new Date(0), gone: undefined })],
  ["a form", "POST", "/echo", () => body(form())()],
  ["a form of fields", "POST", "/echo", body({ a: "b c" }, headers({ "Content-Type": FORM })())],
  [
    "a form of fields with a charset",
    "POST",
    "/echo",
    body({ a: "b c" }, headers({ "Content-Type": `${FORM}; charset=utf-8` })()),
    { "sent.body": "form" },
  ],
  ["another media type", "POST", "/echo", body(thing, headers({ "Content-Type": "application/merge-patch+json" })())],
  ["no media type", "POST", "/echo", body(thing, headers({ "Content-Type": null })())],
  [
    "URLSearchParams",
    "POST",
    "/echo",
    body(new URLSearchParams("a=1")),
    { "sent.body": "body", "sent.content-type": "body" },
  ],
  [
    "a Blob",
    "POST",
    "/echo",
    body(new Blob(["b"], { type: "text/csv" })),
    { "sent.body": "body", "sent.content-type": "body" },
  ],
  ["bytes", "POST", "/echo", body(new Uint8Array([97])), { "sent.body": "body", "sent.content-type": "body" }],
  ["bodySerializer", "POST", "/echo", body(thing, { bodySerializer: (given: object) => `own ${Object.keys(given)}` })],
  ["bodySerializer with a form", "POST", "/echo", body(thing, { bodySerializer: form })],
  ["bodySerializer without a body", "POST", "/echo", body(thing, { bodySerializer: () => undefined })],

  ["parseAs text", "GET", "/echo", parseAs("text"), { "sent.accept": "accept" }],
  ["parseAs blob", "GET", "/echo", parseAs("blob"), { "sent.accept": "accept" }],
  ["parseAs arrayBuffer", "GET", "/echo", parseAs("arrayBuffer"), { "sent.accept": "accept" }],
  ["parseAs stream", "GET", "/echo", parseAs("stream"), { "sent.accept": "accept" }],
  ["parseAs formData", "GET", "/form", parseAs("formData"), { "sent.accept": "accept" }],
  ["parseAs text, of nothing", "GET", "/empty", parseAs("text"), { "sent.accept": "accept" }],
  ["parseAs text, of no length", "GET", "/nothing", parseAs("text"), { "sent.accept": "accept" }],

  ["a response without content", "GET", "/204"],
  ["a response of length 0", "GET", "/empty"],
  ["an empty response without a length", "GET", "/nothing"],
  ["JSON null", "GET", "/json/null"],
  ["JSON false", "GET", "/json/false"],
  ["compressed JSON", "GET", "/gzip"],
  ["JSON with a byte order mark", "GET", "/mark"],
  ["a refusal in JSON", "POST", "/400", body(thing)],
  ["a refusal in HTML", "GET", "/404"],
  ["a refusal without a body", "GET", "/refused", undefined, { "got.error": "noError" }],
  ["HEAD that is refused", "HEAD", "/404", undefined, { "got.error": "noError" }],
  ["a failure", "GET", "/500"],
  ["a redirect", "GET", "/302", undefined, { sent: "redirect", got: "redirect" }],
  ["what is not JSON", "GET", "/html", undefined, { "got.thrown": "class" }],
  ["a body that is cut", "GET", "/cut", undefined, { "got.thrown": "class" }],
  ["a connection that is reset", "GET", "/reset", undefined, { "got.thrown": "class" }],

  ["an abort", "GET", "/echo", () => ({ signal: AbortSignal.abort("enough") })],
  ["members for fetch", "GET", "/echo", () => ({ cache: "no-store", credentials: "omit" })],
  [
    "what middleware sees",
    "POST",
    "/echo/{id}",
    middleware(
      (note) => ({
        async onRequest({ request, schemaPath, params, options }) {
          note("request", [request.method, new URL(request.url).pathname, await request.clone().text(), schemaPath]);
          note("headers", [...request.headers.keys()]);
          note("params", params);
          note("parseAs", options.parseAs);
        },
        async onResponse({ response }) {
          note("response", [response.status, response.headers.get("content-type"), await response.clone().text()]);
        },
      }),
      { body: thing, params: { path: { id: 1 }, query: { a: "b" } } },
    ),
    { "seen.headers": "secret", "seen.parseAs": "stream" },
  ],
  [
    "middleware that sets a header",
    "GET",
    "/echo",
    middleware(() => ({ onRequest: ({ request }) => request.headers.set("X-Trace", "1") })),
  ],
  [
    "middleware that replaces the request",
    "POST",
    "/echo",
    middleware(() => ({ onRequest: ({ request }) => new Request(request, { method: "PUT", body: "own" }) }), {
      body: thing,
    }),
  ],
  [
    "middleware that responds",
    "GET",
    "/echo",
    middleware(() => ({ onRequest: () => Response.json({ id: "cached" }) })),
  ],
  [
    "middleware that replaces the response",
    "GET",
    "/echo",
    middleware(() => ({ onResponse: () => Response.json({ message: "no" }, { status: 404 }) })),
  ],
  [
    "middleware that throws",
    "GET",
    "/echo",
    middleware(() => ({ onRequest: () => Promise.reject(new RangeError("of the middleware")) })),
  ],
  [
    "middleware that responds to an error",
    "GET",
    "/reset",
    middleware((note) => ({
      onError({ error }) {
        note("error", error instanceof Error && error.name);
        return Response.json({ id: "a copy" });
      },
    })),
    { "seen.error": "onError" },
  ],
  [
    "middleware that replaces an error",
    "GET",
    "/reset",
    middleware(() => ({ onError: () => new RangeError("of the middleware") })),
  ],
];

const JSON_TYPE = { "Content-Type": "application/json" };
const responses: Readonly<Record<string, (response: ServerResponse) => unknown>> = {
  echo: (response) => response.writeHead(200, JSON_TYPE).end('{"id":"thing_1"}'),
  form: (response) => response.writeHead(200, { "Content-Type": FORM }).end("a=1&b=2"),
  204: (response) => response.writeHead(204).end(),
  empty: (response) => response.writeHead(200, { ...JSON_TYPE, "Content-Length": 0 }).end(),
  nothing: (response) => response.writeHead(200, { ...JSON_TYPE, "Transfer-Encoding": "chunked" }).end(),
  json: (response) => response.writeHead(200, JSON_TYPE).end(response.req.url?.split("/").at(-1)),
  gzip: (response) => response.writeHead(200, { ...JSON_TYPE, "Content-Encoding": "gzip" }).end(gzipSync('{"a":1}')),
  mark: (response) => response.writeHead(200, JSON_TYPE).end('\ufeff{"a":1}'),
  html: (response) => response.writeHead(200, { "Content-Type": "text/html" }).end("<p>"),
  302: (response) => response.writeHead(302, { Location: "/echo" }).end(),
  400: (response) => response.writeHead(400, JSON_TYPE).end('{"errors":[{"message":"no"}]}'),
  404: (response) => response.writeHead(404, { "Content-Type": "text/html" }).end("<p>none</p>"),
  refused: (response) => response.writeHead(403).end(),
  500: (response) => response.writeHead(500, JSON_TYPE).end('{"message":"down"}'),
  cut: (response) => response.writeHead(200, { "Content-Length": 9 }).write("{", () => response.destroy()),
  reset: (response) => response.socket?.resetAndDestroy(),
};

/** A server that notes each request, and responds by the first segment of the path. */
async function startServer(sent: Map<string, unknown>) {
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method, url = "", headers } = request;
    const boundary = /boundary=(.+)/.exec(String(headers["content-type"]))?.[1] ?? "no boundary";
    const plain = (value: unknown): string => String(value).replaceAll(boundary, "(boundary)");
    sent
      .set("sent.method", method)
      .set("sent.url", url)
      .set("sent.body", plain(await text(request)));
    for (const [name, value] of Object.entries(headers)) {
      if (name !== "content-length") sent.set(`sent.${name}`, plain(value));
    }
    (responses[url.split(/[/?]/)[1] ?? ""] ?? responses[404])?.(response);
  };
  return serve((request, response) => void receive(request, response).catch(() => response.destroy()));
}

async function readable(value: unknown): Promise<unknown> {
  if (value instanceof FormData) return [...value];
  const isBytes = value instanceof Blob || value instanceof ArrayBuffer || value instanceof ReadableStream;
  return isBytes ? new Response(value).text() : value;
}

/** What a call sends, shows to middleware, and comes to. */
async function observe(send: Send, seen: Map<string, unknown>, [, method, path, init]: Case) {
  const given = init?.((what, value) => seen.set(`seen.${what}`, value)) ?? {};
  try {
    const result = await send(method, path, given);
    expect.assert("response" in result && result.response instanceof Response);
    const { status, statusText, headers } = result.response;
    const type = headers.get("content-type");
    seen.set("got.response", [status, statusText, type]);
    // A success has no `error`, not even one that is undefined, and the other way round.
    for (const [name, value] of Object.entries(result))
      if (name !== "response") seen.set(`got.${name}`, await readable(value));
  } catch (thrown) {
    const isOfCaller = !(thrown instanceof Error) || thrown instanceof RangeError;
    seen.set("got.thrown", isOfCaller ? thrown : thrown.name);
  }
  return seen;
}

test.each(cases.map((given) => ({ name: given[0], given })))("$name", async ({ given }) => {
  const [first, second] = [new Map<string, unknown>(), new Map<string, unknown>()];
  const [theirs, ours] = await Promise.all([startServer(first), startServer(second)]);
  const headers = {
    Accept: "application/json",
    Authorization: "Bearer made-up",
    "X-Rollout-User-Agent": `rollout-client/${packageFile.version}`,
  };
  const openApiFetch = createClient<Record<string, never>>({ baseUrl: theirs.url, headers });
  const api = createRolloutApi<Record<string, never>>({ baseUrl: ours.url, token: "made-up", retry: false });
  await observe(openApiFetch.request as Send, first, given);
  await observe(api.request as Send, second, given);
  first.delete("sent.host");
  second.delete("sent.host");
  const differences = given[4] ?? {};
  const isListed = (name: string): string => (name in differences ? name : (name.split(".")[0] ?? ""));
  const names = [...new Set([...first.keys(), ...second.keys()])];
  const found = names.filter(
    (name) =>
      JSON.stringify(first.get(name)) !== JSON.stringify(second.get(name)) || first.has(name) !== second.has(name),
  );
  const unlisted = found.filter((name) => !(isListed(name) in differences));
  expect(unlisted.map((name) => [name, first.get(name), second.get(name)])).toEqual([]);
  expect(new Set(found.map(isListed))).toEqual(new Set(Object.keys(differences)));
});
