import { createServer } from "node:http";
import { createRolloutClient } from "rollout-client";
import { createRolloutMock, createTestToken } from "rollout-client/testing";

test("a page of jsdom connects an account on a mock", async () => {
  const mock = createRolloutMock();
  const rollout = createRolloutClient({ token: createTestToken("user_123"), ...mock.options });
  const input = { appKey: "follow-up-boss", userInputs: { apiKey: "a key" } };
  const { id } = await rollout.credentials.create(input);
  expect(mock.credentials).toMatchObject([{ id, appKey: "follow-up-boss" }]);
  expect(document.body).toBeInstanceOf(HTMLElement);
});

test("a page of jsdom reaches a server", async () => {
  const received: string[] = [];
  const server = createServer(({ url }, response) => {
    received.push(String(url));
    response.setHeader("Content-Type", "application/json").end("[]");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const rollout = createRolloutClient({ token: "a-token", baseUrl: `http://127.0.0.1:${port}` });
  await expect(rollout.credentials.list()).resolves.toEqual([]);
  expect(received).toEqual(["/credentials"]);
  await new Promise((resolve) => server.close(resolve));
});
