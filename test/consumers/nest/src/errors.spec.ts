import { readFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import { createRolloutClient } from "rollout-client";

// Jest runs tests in a realm of their own: an error of Node's is no instance of its Error.
const input = { appKey: "follow-up-boss", userInputs: { apiKey: "a key" } };

async function startServer(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const stop = () => new Promise((resolve) => server.close(resolve));
  return { baseUrl: `http://127.0.0.1:${port}`, stop };
}

test("a refused connection sent nothing, and is retried", async () => {
  const { baseUrl, stop } = await startServer(() => {});
  await stop();
  const rollout = createRolloutClient({ token: "a-token", baseUrl, retry: { maxDelay: 1 } });
  await expect(rollout.credentials.create(input)).rejects.toMatchObject({
    code: "network",
    attempts: 3,
    mayHaveSucceeded: false,
    cause: { name: "TypeError", cause: { code: "ECONNREFUSED" } },
  });
});

test("a body that is not the gzip that it should be is an invalid response", async () => {
  let received = 0;
  const { baseUrl, stop } = await startServer((_request, response) => {
    received += 1;
    response.setHeader("Content-Encoding", "gzip").end("not gzip");
  });
  const rollout = createRolloutClient({ token: "a-token", baseUrl, retry: { maxDelay: 1 } });
  await expect(rollout.credentials.create(input)).rejects.toMatchObject({
    code: "invalid_response",
    mayHaveSucceeded: true,
    cause: { cause: { code: "Z_DATA_ERROR" } },
  });
  expect(received).toBe(1);
  await stop();
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
