import type { RequestListener } from "node:http";
import { createRolloutClient, type RolloutClientOptions } from "rollout-client";
import { expect, test } from "vitest";
import { deferred } from "../support/deferred.ts";
import { closedPort, serve, startHttpServer } from "../support/servers.ts";
import { fasterFetch } from "./faster-fetch.ts";

const input = { appKey: "follow-up-boss", userInputs: { apiKey: "made-up" } };

function startClient(baseUrl: string, options: Partial<RolloutClientOptions> = { fetch: fasterFetch }) {
  return createRolloutClient({ token: "made-up", baseUrl, retry: false, ...options }).credentials;
}

test("a call sends the same request as with fetch, and reads its response", async () => {
  const server = await startHttpServer();
  expect(await startClient(server.url).create(input)).toEqual({ id: "cred_1" });
  const headers = { authorization: "Bearer made-up", "content-type": "application/json" };
  expect(server.requests).toMatchObject([
    { method: "POST", url: "/credentials", headers, body: JSON.stringify(input) },
  ]);
});

const cut: RequestListener = (_, response) => {
  response.writeHead(200, { "Content-Type": "application/json", "Content-Length": "100" }).write('{"id":');
  setImmediate(() => response.destroy());
};
const endless: RequestListener = (_, response) => void response.writeHead(200).write("x".repeat(1_000_000));

test.each<[string, string, RequestListener, Partial<RolloutClientOptions>?]>([
  ["an error with headers", "rate_limited", (_, response) => response.writeHead(429, { "Retry-After": "7" }).end()],
  ["a redirect", "redirected", (_, response) => response.writeHead(302, { Location: "/elsewhere" }).end()],
  ["an empty 204", "invalid_response", (_, response) => response.writeHead(204).end()],
  ["a body that is cut", "network", cut],
  ["a body that is too large and does not end", "invalid_response", endless, { maxResponseBytes: 1_000 }],
  ["silence", "timeout", () => {}, { timeout: 200 }],
  ["a reset connection", "network", (request) => void request.socket.resetAndDestroy()],
])("a call fails as it does with fetch: %s is %s", async (_case, code, listener, options) => {
  const { url } = await serve(listener);
  const errorWith = (options?: Partial<RolloutClientOptions>): Promise<unknown> =>
    startClient(url, options)
      .create(input)
      .catch(({ code, message, mayHaveSucceeded, retryAfter }) => ({ code, message, mayHaveSucceeded, retryAfter }));
  const withFetch = await errorWith({ ...options });
  expect(withFetch).toMatchObject({ code });
  expect(await errorWith({ fetch: fasterFetch, ...options })).toEqual(withFetch);
});

test("a connection that is never made is known to have sent nothing", async () => {
  const { create } = startClient(`http://127.0.0.1:${await closedPort()}`);
  await expect(create(input)).rejects.toMatchObject({ code: "network", mayHaveSucceeded: false });
});

test("an abort ends the request with the caller's reason, and its connection", async () => {
  const controller = new AbortController();
  const closed = deferred();
  const { url } = await serve((_, response) => {
    response.on("close", closed.resolve);
    controller.abort("changed my mind");
  });
  await expect(startClient(url).create(input, { signal: controller.signal })).rejects.toBe("changed my mind");
  await closed.promise;
});
