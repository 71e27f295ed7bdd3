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
/** A call with this init, or what makes one, and what then differs. It is a `GET /echo` unless the case names another. */
type Case = readonly [name: string, init?: object | ((note: Note) => object), differences?: Differences, call?: string];
type Send = (method: string, path: string, init: object) => Promise<object>;

const form = new FormData();
form.set("name", "a thing");
const thing = { name: "a thing", size: 3 };
const ownPath = (url: string) => url.replace("{id}", "own");
const FORM = "application/x-www-form-urlencoded";

const path = (values: object) => ({ params: { path: values } });
const query = (values: object, more: object = {}) => ({ params: { query: values }, ...more });
const post = (name: string, body: unknown, more: object = {}, differences: Differences = {}): Case => [
  name,
  { body, ...more },
  differences,
  "POST /echo",
];
const hook = (name: string, middleware: Middleware, call = "GET /echo"): Case => {
  return [
    `middleware that ${name}`,
    { middleware: [middleware], body: call.startsWith("POST") ? thing : undefined },
    {},
    call,
  ];
};
const response = (name: string, call: string, differences: Differences = {}): Case => [name, {}, differences, call];
const refused = { sent: "lost", got: "lost" } as const;
const inPath = { sent: "path", got: "path" } as const;
const accept = { "sent.accept": "accept" } as const;
const ownBody = { "sent.body": "body", "sent.content-type": "body" } as const;
const thrown = { "got.thrown": "class" } as const;

const cases: readonly Case[] = [
  ...["GET", "get", "HEAD", "OPTIONS", "POST"].map((method) =>
    response(`a ${method} without a body`, `${method} /echo`),
  ),
  ...["POST", "PUT", "PATCH", "DELETE"].map((method): Case => [`a ${method}`, { body: thing }, {}, `${method} /echo`]),

  ["a path parameter to encode", path({ id: "a b/ü?#&" }), {}, "GET /echo/{id}/x"],
  ["path parameters of other types", path({ a: 7, b: true }), {}, "GET /echo/{a}/{b}"],
  ["a list in a path", path({ id: ["a", "b"] }), {}, "GET /echo/{id}"],
  ["styles of path parameters", path({ a: "x", b: "y", c: { d: 1, e: 2 } }), {}, "GET /echo/{.a}/{;b}/{c*}"],
  ["pathSerializer", { ...path({ id: 1 }), pathSerializer: ownPath }, {}, "GET /echo/{id}"],
  ["a missing path parameter", {}, inPath, "GET /echo/{id}"],
  ["a path parameter that is ..", path({ id: ".." }), inPath, "GET /echo/{id}"],

  ["a query", query({ a: "x", b: 1, c: false, d: "" })],
  ["a query to encode", query({ q: "a b&c=d+e#ü/?" })],
  ["lists and objects in a query", query({ ids: ["a", "b c"], filter: { name: "Ada", age: 36 } })],
  ["undefined and null in a query", query({ a: undefined, b: null, c: 1 })],
  ["empty members of a query", query({ a: [], b: 1, c: {}, d: 2 }), { "sent.url": "query" }],
  ["names in a query", query({ "a&b": 1, "c[d]": 2 }), { "sent.url": "query" }],
  ["a Date in a query", query({ since: new Date(0) }), { "sent.url": "date" }],
  ["a Map in a query", query({ filter: new Map([["a", 1]]) }), refused],
  ["NaN in a query", query({ a: Number.NaN }), refused],
  ["objects in a list", query({ a: [{ b: 1 }] }), thrown],
  ...[
    { array: { style: "spaceDelimited", explode: false } },
    { array: { style: "pipeDelimited", explode: false }, allowReserved: true },
    { array: { style: "form", explode: false }, object: { style: "form", explode: false } },
    { object: { style: "form", explode: true } },
    (given: object) => `own=${Object.keys(given)}`,
  ].map((querySerializer, index): Case => {
    const values = { ids: ["a", "b/c"], filter: { name: "Ada" } };
    return [`querySerializer ${index + 1}`, query(values, { querySerializer })];
  }),

  ["headers", { headers: { "X-A": "1", "x-number": 2, "X-None": undefined, Accept: null } }],
  ["a Headers", { headers: new Headers({ "X-A": "1", Accept: "text/csv" }) }],
  ["params.header", { headers: { "X-A": "1" }, params: { header: { "X-A": "2", "If-Match": '"7"' } } }],
  ["a header with several values", { headers: { "X-List": ["a", "b"] } }],
  ["a header of the client, as an array", { headers: { Accept: ["text/csv"] } }, { "sent.accept": "header" }],

  ...[[thing], "text", 0, false, null, "", { at: new Date(0), gone: undefined }].map((body) =>
    post(`the body ${JSON.stringify(body)}`, body),
  ),
  post("a form", form),
  post("a form of fields", { a: "b c" }, { headers: { "Content-Type": FORM } }),
  post("another form", { a: "b" }, { headers: { "Content-Type": `${FORM}; charset=utf-8` } }, { "sent.body": "form" }),
  post("another media type", thing, { headers: { "Content-Type": "application/merge-patch+json" } }),
  post("no media type", thing, { headers: { "Content-Type": null } }),
  post("URLSearchParams", new URLSearchParams("a=1"), {}, ownBody),
  post("a Blob", new Blob(["b"], { type: "text/csv" }), {}, ownBody),
  post("bytes", new Uint8Array([97]), {}, ownBody),
  post("bodySerializer", thing, { bodySerializer: (given: object) => `own ${Object.keys(given)}` }),
  post("bodySerializer with a form", thing, { bodySerializer: () => form }),
  post("bodySerializer without a body", thing, { bodySerializer: () => undefined }),

  ...["text", "blob", "arrayBuffer", "stream"].map((parseAs): Case => [`parseAs ${parseAs}`, { parseAs }, accept]),
  ["parseAs formData", { parseAs: "formData" }, accept, "GET /form"],
  ["parseAs text, of nothing", { parseAs: "text" }, accept, "GET /empty"],
  ["parseAs text, of no length", { parseAs: "text" }, accept, "GET /nothing"],

  response("a response without content", "GET /204"),
  response("a response of length 0", "GET /empty"),
  response("an empty response without a length", "GET /nothing"),
  response("JSON null", "GET /json/null"),
  response("JSON false", "GET /json/false"),
  response("compressed JSON", "GET /gzip"),
  response("JSON with a byte order mark", "GET /mark"),
  response("a refusal in JSON", "POST /400"),
  response("a refusal in HTML", "GET /404"),
  response("a refusal without a body", "GET /refused", { "got.error": "noError" }),
  response("HEAD that is refused", "HEAD /404", { "got.error": "noError" }),
  response("a failure", "GET /500"),
  response("a redirect", "GET /302", { sent: "redirect", got: "redirect" }),
  response("what is not JSON", "GET /html", thrown),
  response("a body that is cut", "GET /cut", thrown),
  response("a connection that is reset", "GET /reset", thrown),

  ["an abort", { signal: AbortSignal.abort("enough") }],
  ["members for fetch", { cache: "no-store", credentials: "omit" }],
  [
    "middleware that looks",
    (note) => ({
      ...{ body: thing, params: { path: { id: 1 }, query: { a: "b" } } },
      middleware: [
        {
          async onRequest({ request, schemaPath, params, options }) {
            note("request", [request.method, new URL(request.url).pathname, await request.clone().text(), schemaPath]);
            note("headers", [...request.headers.keys()]);
            note("params", params);
            note("parseAs", options.parseAs);
          },
          async onResponse({ response }) {
            note("response", [response.status, response.headers.get("content-type"), await response.clone().text()]);
          },
        } satisfies Middleware,
      ],
    }),
    { "seen.headers": "secret", "seen.parseAs": "stream" },
    "POST /echo/{id}",
  ],
  hook("sets a header", { onRequest: ({ request }) => request.headers.set("X-Trace", "1") }),
  hook(
    "replaces the request",
    { onRequest: ({ request }) => new Request(request, { method: "PUT", body: "own" }) },
    "POST /echo",
  ),
  hook("responds", { onRequest: () => Response.json({ id: "cached" }) }),
  hook("replaces the response", { onResponse: () => Response.json({ message: "no" }, { status: 404 }) }),
  hook("throws", { onRequest: () => Promise.reject(new RangeError("of the middleware")) }),
  hook("replaces an error", { onError: () => new RangeError("of the middleware") }, "GET /reset"),
  [
    "middleware that responds to an error",
    (note) => {
      const onError: Middleware["onError"] = ({ error }) => {
        note("error", error instanceof Error && error.name);
        return Response.json({ id: "a copy" });
      };
      return { middleware: [{ onError }] };
    },
    { "seen.error": "onError" },
    "GET /reset",
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
async function observe(send: Send, seen: Map<string, unknown>, [, init = {}, , call = "GET /echo"]: Case) {
  const [method = "", path = ""] = call.split(" ");
  const given = typeof init === "function" ? init((what, value) => seen.set(`seen.${what}`, value)) : init;
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

test.each(cases.map((given) => ({ name: given[0], given })))(
  "api does what openapi-fetch does, but for what is listed: $name",
  async ({ given }) => {
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
    const differences = given[2] ?? {};
    const isListed = (name: string): string => (name in differences ? name : (name.split(".")[0] ?? ""));
    const names = [...new Set([...first.keys(), ...second.keys()])];
    const found = names.filter(
      (name) =>
        JSON.stringify(first.get(name)) !== JSON.stringify(second.get(name)) || first.has(name) !== second.has(name),
    );
    const unlisted = found.filter((name) => !(isListed(name) in differences));
    expect(unlisted.map((name) => [name, first.get(name), second.get(name)])).toEqual([]);
    expect(new Set(found.map(isListed))).toEqual(new Set(Object.keys(differences)));
  },
);
