import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { text } from "node:stream/consumers";
import { createRolloutClient, isRolloutError, type RolloutClientOptions } from "rollout-client";
import { expect, onTestFinished, test } from "vitest";
import { fasterFetch } from "./faster-fetch.ts";

const input = { appKey: "gmail", userInputs: { apiKey: "made-up" } };

interface Options {
  readonly maxResponseBytes?: number;
  readonly timeout?: number;
}

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}`;
}

async function clientOf(answer: RequestListener, options: Options = {}) {
  const baseUrl = await serve(answer);
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

const failures: { name: string; answer: RequestListener; options?: Options; code: string }[] = [
  {
    name: "an error with headers",
    answer: (_, response) => response.writeHead(429, { "Retry-After": "7" }).end("{}"),
    code: "rate_limited",
  },
  {
    name: "a redirect, which is not followed",
    answer: (_, response) => response.writeHead(302, { Location: "/elsewhere" }).end(),
    code: "redirected",
  },
  {
    name: "an empty 204",
    answer: (_, response) => response.writeHead(204).end(),
    code: "invalid_response",
  },
  {
    name: "a body that is cut",
    answer: (_, response) => {
      response.writeHead(200, { "Content-Type": "application/json", "Content-Length": "100" });
      response.write('{"id":');
      setImmediate(() => response.destroy());
    },
    code: "network",
  },
  {
    name: "a body that is too large",
    answer: (_, response) => response.end(JSON.stringify({ id: "x".repeat(1_000_000) })),
    options: { maxResponseBytes: 1_000 },
    code: "invalid_response",
  },
  {
    name: "a chunked body that is too large and does not end",
    answer: (_, response) => void response.writeHead(200).write("x".repeat(1_000_000)),
    options: { maxResponseBytes: 1_000 },
    code: "invalid_response",
  },
  {
    name: "a response that does not come",
    answer: () => {},
    options: { timeout: 200 },
    code: "timeout",
  },
  {
    name: "a body that does not end",
    answer: (_, response) => void response.writeHead(200).write('{"id":'),
    options: { timeout: 200 },
    code: "timeout",
  },
  {
    name: "a connection that is reset",
    answer: (request) => void request.socket.resetAndDestroy(),
    code: "network",
  },
  {
    name: "a response that is not HTTP",
    answer: (request) => void request.socket.end("SSH-2.0-OpenSSH_9.2\r\n"),
    code: "network",
  },
];

/** What a caller sees of a failed call. */
async function errorWith(baseUrl: string, options: RolloutClientOptions) {
  const { credentials } = createRolloutClient({ baseUrl, retry: false, ...options });
  const error: unknown = await credentials.create(input).catch((error) => error);
  if (!isRolloutError(error))
    throw new Error("the call should have failed with an error of the package", { cause: error });
  const { code, message, mayHaveSucceeded } = error;
  return { code, message, mayHaveSucceeded, retryAfter: "retryAfter" in error ? error.retryAfter : undefined };
}

test.each(failures)("a call fails as it does with fetch: $name", async ({ answer, options, code }) => {
  const baseUrl = await serve(answer);
  const withFetch = await errorWith(baseUrl, { token: "made-up", ...options });
  expect(withFetch.code).toBe(code);
  expect(await errorWith(baseUrl, { token: "made-up", fetch: fasterFetch, ...options })).toEqual(withFetch);
});

test("a connection that is never made is known to have sent nothing", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  const error = await errorWith(`http://127.0.0.1:${address.port}`, { token: "made-up", fetch: fasterFetch });
  expect(error).toMatchObject({ code: "network", mayHaveSucceeded: false });
});

test("an abort ends the request with the caller's reason", async () => {
  const controller = new AbortController();
  const { credentials } = await clientOf(() => controller.abort("changed my mind"));
  await expect(credentials.create(input, { signal: controller.signal })).rejects.toBe("changed my mind");
});
