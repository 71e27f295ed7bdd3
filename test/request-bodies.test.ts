import { createRolloutApi, type RolloutApi, RolloutApiError, unwrap } from "rollout-client";
import { describe, expect, test } from "vitest";
import { CREATED, type HttpServer, json, startHttpServer } from "./http-server.ts";
import { rejection } from "./rejection.ts";
import { type ThingPaths, thing } from "./things.ts";

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

  test("middleware makes it bytes, which can be sent again", async () => {
    const { api, server } = await refusedOnce();
    api.use({ onRequest: () => {} });
    unwrap(await api.PUT("/things", { body: thing, ...stream }));
    expect(server.requests.map(({ body }) => body)).toEqual(["streamed", "streamed"]);
  });
});

test("a text of the caller's own is taken out of an error that echoes it", async () => {
  const server = await startHttpServer(({ body }) => json({ errorMessage: `cannot read ${body}` }, 400));
  const api = createRolloutApi<ThingPaths>({ token: "made-up", baseUrl: server.url });
  const result = await api.POST("/things", { body: thing, bodySerializer: () => "planted=secret text" });
  const failure = await rejection(() => unwrap(result), RolloutApiError);
  expect(failure.errors).toEqual([{ message: "cannot read [redacted]" }]);
});
