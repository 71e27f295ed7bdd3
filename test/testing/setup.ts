import { createRolloutClient } from "rollout-client";
import { createRolloutMock, createTestToken, type RolloutMockOptions } from "rollout-client/testing";

export const input = { appKey: "follow-up-boss", userInputs: { apiKey: "made up" } };

/** A mock, a client of it, and a `send` for requests that the client has no method for. */
export function startMock(options?: RolloutMockOptions) {
  const mock = createRolloutMock(options);
  const rollout = createRolloutClient({ token: createTestToken("user_1"), ...mock.options });
  async function send(operation: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
    const [method = "", path = ""] = operation.split(" ");
    return mock.options.fetch(`${mock.options.baseUrl}${path}`, {
      method,
      headers: { Authorization: `Bearer ${createTestToken("user_1")}`, ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }
  return { ...rollout, mock, send, url: `${mock.options.baseUrl}/credentials` };
}
