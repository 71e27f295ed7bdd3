import {
  createRolloutApi,
  type FetchFunction,
  type RolloutApi,
  RolloutApiError,
  RolloutNetworkError,
  unwrap,
} from "rollout-client";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { isStream } from "../../src/call/outgoing-request.ts";
import { CREATED, type HttpServer, json, startHttpServer } from "../support/http-server.ts";
import { rejection } from "../support/rejection.ts";
import { type ThingPaths, thing } from "../support/things.ts";

interface Connected {
  readonly api: RolloutApi<ThingPaths>;
  readonly server: HttpServer;
}

/** A bodySerializer that passes on what it is given, such as Node's fetch takes beyond the types of the platform. */
const asIs = (body: unknown): BodyInit => body as BodyInit;

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

test.each<[string, (body: unknown) => BodyInit, string]>([
  ["text", (body) => `text of ${typeof body}`, "text of object"],
  ["URLSearchParams", () => new URLSearchParams({ name: "a thing" }), "name=a+thing"],
  ["bytes", () => new TextEncoder().encode("bytes"), "bytes"],
  ["a Blob", () => new Blob(["blob"]), "blob"],
])("%s is sent unchanged, and retried unchanged", async (_case, bodySerializer, sent) => {
  const { api, server } = await refusedOnce();
  const headers = { "Content-Type": "text/made-up" };
  expect(unwrap(await api.POST("/things", { body: thing, bodySerializer, headers }))).toEqual({ id: "cred_1" });
  expect(server.requests.map(({ body, headers }) => [body, headers["content-type"]])).toEqual([
    [sent, "text/made-up"],
    [sent, "text/made-up"],
  ]);
});

test("a form is sent as one, and retried with the same fields", async () => {
  const { api, server } = await refusedOnce();
  const form = new FormData();
  form.set("name", "a thing");
  unwrap(await api.POST("/things", { body: form }));
  const forms = server.requests.map(({ body, headers }) =>
    new Response(body, { headers: { "Content-Type": headers["content-type"] ?? "" } }).formData(),
  );
  expect((await Promise.all(forms)).map((received) => [...received])).toEqual([
    [["name", "a thing"]],
    [["name", "a thing"]],
  ]);
});

test("duplex beside a body that is no stream does not prevent retries, with middleware either", async () => {
  for (const middleware of [[], [{ onRequest: () => {} }]]) {
    const { api, server } = await refusedOnce(429, { "Retry-After": "0" });
    unwrap(await api.request("put", "/things", { body: thing, duplex: "half", middleware }));
    expect(server.requests).toHaveLength(2);
  }
});

describe("a stream is never retried:", () => {
  async function* chunks() {
    yield new TextEncoder().encode("streamed");
  }
  const bodies = [
    { name: "a ReadableStream", body: () => new Blob(["streamed"]).stream(), bodySerializer: asIs },
    { name: "an async iterable", body: chunks, bodySerializer: asIs },
    { name: "what bodySerializer makes", body: () => thing, bodySerializer: () => new Blob(["streamed"]).stream() },
  ];

  test.each(bodies)("$name, with and without middleware", async ({ body, bodySerializer }) => {
    for (const middleware of [[], [{ onRequest: () => {} }]]) {
      for (const status of [429, 401]) {
        const { api, server } = await refusedOnce(status, { "Retry-After": "0" });
        const init = { body: body(), bodySerializer, duplex: "half" as const, middleware };
        const result = await api.request("put", "/things", init);
        expect(await rejection(() => unwrap(result), RolloutApiError)).toMatchObject({ status, attempts: 1 });
        expect(server.requests.map((request) => request.body)).toEqual(["streamed"]);
      }
    }
  });

  test("one that bodySerializer returns for a body that is none, after a connection that was lost", async () => {
    const fetch = vi.fn<FetchFunction>(() => Promise.reject(new TypeError("fetch failed")));
    const api = createRolloutApi<ThingPaths>({ baseUrl: "https://rollout.test/api", token: "made-up", fetch });
    const bodySerializer = () => new Blob(["streamed"]).stream();
    const call = api.PUT("/things", { body: thing, bodySerializer, duplex: "half" });
    expect(await rejection(call, RolloutNetworkError)).toMatchObject({ attempts: 1, mayHaveSucceeded: true });
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  test("a ReadableStream of a browser whose streams are not async iterable is one too", () => {
    const { prototype } = ReadableStream;
    const iterator = Object.getOwnPropertyDescriptor(prototype, Symbol.asyncIterator);
    onTestFinished(() => void Object.defineProperty(prototype, Symbol.asyncIterator, { ...iterator }));
    Reflect.deleteProperty(prototype, Symbol.asyncIterator);
    expect(isStream(new ReadableStream())).toBe(true);
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
