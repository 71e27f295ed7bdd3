import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { connect, createServer, type Server } from "node:net";
import { createRolloutClient } from "rollout-client";

// Jest runs tests in a realm of their own: an error of Node's is no instance of its Error.
const input = { appKey: "follow-up-boss", userInputs: { apiKey: "a key" } };

async function listen(server: Server) {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { port, baseUrl: `http://127.0.0.1:${port}` };
}

test("a refused connection sent nothing, and is retried", async () => {
  const server = createServer();
  const { port, baseUrl } = await listen(server);
  const client = connect(port, "127.0.0.1");
  await once(server, "connection");
  // The connection that stays keeps the system from giving the port to another program.
  server.close();
  const rollout = createRolloutClient({ token: "a-token", baseUrl, retry: { maxDelay: 1 } });
  const failure = await rollout.credentials.create(input).catch((error: unknown) => error);
  client.destroy();
  expect(failure).toMatchObject({
    code: "network",
    attempts: 3,
    mayHaveSucceeded: false,
    cause: { name: "TypeError", cause: { code: "ECONNREFUSED" } },
  });
});

test("a body that is not the gzip that it should be is an invalid response", async () => {
  let received = 0;
  const server = createHttpServer((_request, response) => {
    received += 1;
    response.setHeader("Content-Encoding", "gzip").end("not gzip");
  });
  const { baseUrl } = await listen(server);
  const rollout = createRolloutClient({ token: "a-token", baseUrl, retry: { maxDelay: 1 } });
  await expect(rollout.credentials.create(input)).rejects.toMatchObject({
    code: "invalid_response",
    mayHaveSucceeded: true,
    cause: { cause: { code: "Z_DATA_ERROR" } },
  });
  expect(received).toBe(1);
  await new Promise((resolve) => server.close(resolve));
});

test("what a token function throws arrives unchanged, at once", async () => {
  const thrown: unknown[] = [];
  const token = () =>
    readFile("no-such-file", "utf8").catch((error: unknown) => {
      thrown.push(error);
      throw error;
    });
  const rollout = createRolloutClient({ token, retry: { maxDelay: 1 } });
  const failure = await rollout.credentials.list().catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "ENOENT" });
  expect(thrown).toEqual([failure]);
  expect(thrown[0]).toBe(failure);
});
