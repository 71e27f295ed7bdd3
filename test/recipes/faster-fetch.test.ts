import type { RequestListener } from "node:http";
import { createRolloutClient, isRolloutError, type RolloutClientOptions } from "rollout-client";
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

/** What a caller sees of a failed call. */
async function errorWith(baseUrl: string, options: Partial<RolloutClientOptions>) {
  const error: unknown = await startClient(baseUrl, options)
    .create(input)
    .catch((error) => error);
  expect.assert(isRolloutError(error));
  const { code, message, mayHaveSucceeded } = error;
  return { code, message, mayHaveSucceeded, retryAfter: "retryAfter" in error ? error.retryAfter : undefined };
}

const cut: RequestListener = (_, response) => {
  response.writeHead(200, { "Content-Type": "application/json", "Content-Length": "100" }).write('{"id":');
  setImmediate(() => response.destroy());
};
const endless: RequestListener = (_, response) => void response.writeHead(200).write("x".repeat(1_000_000));
const timeout = 200;

test.each<[string, string, RequestListener, Partial<RolloutClientOptions>]>([
  ["an error with headers", "rate_limited", (_, response) => response.writeHead(429, { "Retry-After": "7" }).end(), {}],
  ["a redirect", "redirected", (_, response) => response.writeHead(302, { Location: "/elsewhere" }).end(), {}],
  ["an empty 204", "invalid_response", (_, response) => response.writeHead(204).end(), {}],
  ["a body that is cut", "network", cut, {}],
  ["a body that is too large and does not end", "invalid_response", endless, { maxResponseBytes: 1_000 }],
  ["silence", "timeout", () => {}, { timeout }],
  ["a body that does not end", "timeout", (_, response) => void response.writeHead(200).write("{"), { timeout }],
  ["a reset connection", "network", (request) => void request.socket.resetAndDestroy(), {}],
  ["a response that is not HTTP", "network", (request) => void request.socket.end("SSH-2.0-OpenSSH_9.2\r\n"), {}],
])("a call fails as it does with fetch: %s is %s", async (_case, code, listener, options) => {
  const { url } = await serve(listener);
  const withFetch = await errorWith(url, options);
  expect(withFetch.code).toBe(code);
  expect(await errorWith(url, { fetch: fasterFetch, ...options })).toEqual(withFetch);
});

test("a connection that is never made is known to have sent nothing", async () => {
  const error = await errorWith(`http://127.0.0.1:${await closedPort()}`, { fetch: fasterFetch });
  expect(error).toMatchObject({ code: "network", mayHaveSucceeded: false });
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
