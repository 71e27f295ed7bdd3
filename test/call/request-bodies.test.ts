import { createRolloutApi, type RolloutApi, RolloutApiError, unwrap } from "rollout-client";
import { describe, expect, onTestFinished, test } from "vitest";
import { OutgoingRequest } from "../../src/outgoing.ts";
import { CREATED, type HttpServer, json, startHttpServer } from "../support/http-server.ts";
import { rejection } from "../support/rejection.ts";
import { type ThingPaths, thing } from "../support/things.ts";

// What a bodySerializer makes of a body is sent like any other body, and again where it can be.

interface Connected {
  readonly api: RolloutApi<ThingPaths>;
  readonly server: HttpServer;
}

/** An api of a server that refuses the first request with a status that every method is repeated after. */
async function refusedOnce(status = 429): Promise<Connected> {
  let requests = 0;
  const server = await startHttpServer(() => {
    requests += 1;
    return requests === 1 ? json({}, status) : CREATED;
  });
  const api = createRolloutApi<ThingPaths>({ token: () => "made-up", baseUrl: server.url, retry: { maxDelay: 0 } });
  return { api, server };
}

test.each<[string, (body: unknown) => BodyInit, string]>([
  ["text", (body) => `text of ${typeof body}`, "text of object"],
  ["URLSearchParams", () => new URLSearchParams({ name: "a thing" }), "name=a+thing"],
  ["bytes", () => new TextEncoder().encode("bytes"), "bytes"],
  ["a Blob", () => new Blob(["blob"]), "blob"],
])("%s is sent as it is, and the same again", async (_case, bodySerializer, sent) => {
  const { api, server } = await refusedOnce();
  const headers = { "Content-Type": "text/made-up" };
  expect(unwrap(await api.POST("/things", { body: thing, bodySerializer, headers }))).toEqual({ id: "cred_1" });
  expect(server.requests.map(({ body, headers }) => [body, headers["content-type"]])).toEqual([
    [sent, "text/made-up"],
    [sent, "text/made-up"],
  ]);
});

test("a form is sent as one, and the same fields again", async () => {
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

describe("a stream, which is gone once it was sent, is sent once:", () => {
  const stream = { bodySerializer: () => new Blob(["streamed"]).stream(), duplex: "half" };

  test.each([429, 503, 401])("a %i surfaces", async (status) => {
    const { api, server } = await refusedOnce(status);
    const result = await api.PUT("/things", { body: thing, ...stream });
    expect(await rejection(() => unwrap(result), RolloutApiError)).toMatchObject({ status, attempts: 1 });
    expect(server.requests.map(({ body }) => body)).toEqual(["streamed"]);
  });

  test("so is what can be iterated once", async () => {
    const { api, server } = await refusedOnce();
    async function* chunks() {
      yield new TextEncoder().encode("iterated");
    }
    // What Node's fetch takes beyond the types of the platform.
    const bodySerializer = chunks as unknown as () => BodyInit;
    const result = await api.PUT("/things", { body: thing, bodySerializer, duplex: "half" });
    expect(result.response.status).toBe(429);
    expect(server.requests.map(({ body }) => body)).toEqual(["iterated"]);
  });

  test("so is one of a browser whose streams cannot be iterated", () => {
    const { prototype } = ReadableStream;
    const iterator = Object.getOwnPropertyDescriptor(prototype, Symbol.asyncIterator);
    onTestFinished(() => void Object.defineProperty(prototype, Symbol.asyncIterator, { ...iterator }));
    Reflect.deleteProperty(prototype, Symbol.asyncIterator);
    const body = new ReadableStream();
    expect(new OutgoingRequest("https://example.com/", { headers: new Headers(), body }).resendable).toBe(false);
  });

  test("middleware makes it bytes, which can be sent again", async () => {
    const { api, server } = await refusedOnce();
    api.use({ onRequest: () => {} });
    unwrap(await api.PUT("/things", { body: thing, ...stream }));
    expect(server.requests.map(({ body }) => body)).toEqual(["streamed", "streamed"]);
  });
});

test.each<[string, () => BodyInit]>([
  ["a text", () => "planted=secret text"],
  ["a form", () => new URLSearchParams({ planted: "secret text" })],
])("%s of the caller's own is taken out of an error that echoes it", async (_case, bodySerializer) => {
  const server = await startHttpServer(({ body }) => json({ errorMessage: `cannot read ${body}` }, 400));
  const api = createRolloutApi<ThingPaths>({ token: "made-up", baseUrl: server.url });
  const result = await api.POST("/things", { body: thing, bodySerializer });
  const failure = await rejection(() => unwrap(result), RolloutApiError);
  expect(failure.errors).toEqual([{ message: "cannot read [redacted]" }]);
});

test("secrets that middleware puts into a body are taken out of an error that echoes one of them", async () => {
  const server = await startHttpServer(() => json({ errorMessage: "planted is no password" }, 400));
  const api = createRolloutApi<ThingPaths>({ token: "made-up", baseUrl: server.url });
  const body = JSON.stringify({ userInputs: { password: "planted" } });
  api.use({ onRequest: ({ request }) => new Request(request, { body }) });
  const result = await api.POST("/things", { body: thing });
  const failure = await rejection(() => unwrap(result), RolloutApiError);
  expect(failure.errors).toEqual([{ message: "[redacted] is no password" }]);
  expect(server.requests.map((request) => request.body)).toEqual([body]);
});
