import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { text } from "node:stream/consumers";
import { createRolloutClient } from "rollout-client";
import { expect, onTestFinished, test } from "vitest";
import { fasterFetch } from "./faster-fetch.ts";

const input = { appKey: "gmail", userInputs: { apiKey: "made-up" } };

async function clientOf(answer: RequestListener, options: { maxResponseBytes?: number; timeout?: number } = {}) {
  const server = createServer(answer);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const baseUrl = `http://127.0.0.1:${address.port}`;
  return createRolloutClient({ token: "made-up", baseUrl, fetch: fasterFetch, retry: false, ...options });
}

test("a call sends the same request as with fetch, and reads its response", async () => {
  const received: unknown[] = [];
  const { credentials } = await clientOf(async (request, response) => {
    const { method, url, headers } = request;
    received.push([method, url, headers.authorization, headers["content-type"], JSON.parse(await text(request))]);
    response.setHeader("Set-Cookie", ["a=1", "b=2"]).setHeader("Content-Type", "application/json");
    response.end('{"id":"credential_1"}');
  });
  expect(await credentials.create(input)).toEqual({ id: "credential_1" });
  expect(received).toEqual([["POST", "/credentials", "Bearer made-up", "application/json", input]]);
});

test.each<{
  name: string;
  answer: RequestListener;
  options?: { maxResponseBytes?: number; timeout?: number };
  error: object;
}>([
  {
    name: "an error with its headers",
    answer: (_, response) => response.writeHead(429, { "Retry-After": "7" }).end("{}"),
    error: { code: "rate_limited", retryAfter: 7 },
  },
  {
    name: "a redirect, which is not followed",
    answer: (_, response) => response.writeHead(302, { Location: "/elsewhere" }).end(),
    error: { code: "redirected", status: 302 },
  },
  {
    name: "a body that is cut",
    answer: (_, response) => {
      response.writeHead(200, { "Content-Type": "application/json", "Content-Length": "100" });
      response.write('{"id":');
      setImmediate(() => response.destroy());
    },
    error: { code: "invalid_response", mayHaveSucceeded: true },
  },
  {
    name: "a body that is too large",
    answer: (_, response) => response.end(JSON.stringify({ id: "x".repeat(100_000) })),
    options: { maxResponseBytes: 1_000 },
    error: { code: "invalid_response", mayHaveSucceeded: true },
  },
  {
    name: "a body that does not end",
    answer: (_, response) => void response.writeHead(200).write('{"id":'),
    options: { timeout: 200 },
    error: { code: "timeout", mayHaveSucceeded: true },
  },
  {
    name: "a connection that is reset",
    answer: (request) => void request.socket.resetAndDestroy(),
    error: { code: "network", mayHaveSucceeded: true },
  },
])("the client judges as with fetch: $name", async ({ answer, options, error }) => {
  const { credentials } = await clientOf(answer, options);
  await expect(credentials.create(input)).rejects.toMatchObject(error);
});

test("a connection that is never made is known to have sent nothing", async () => {
  const rollout = createRolloutClient({
    token: "made-up",
    baseUrl: "http://127.0.0.1:1",
    fetch: fasterFetch,
    retry: false,
  });
  await expect(rollout.credentials.create(input)).rejects.toMatchObject({ code: "network", mayHaveSucceeded: false });
});

test("an abort ends the request with the caller's reason", async () => {
  const controller = new AbortController();
  const { credentials } = await clientOf(() => controller.abort("changed my mind"));
  await expect(credentials.create(input, { signal: controller.signal })).rejects.toBe("changed my mind");
});
