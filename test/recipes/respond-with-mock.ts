import type { RolloutMock } from "rollout-client/testing";
import type { PlainResponse, ReceivedRequest } from "../support/servers.ts";

/** What a mock of Rollout responds to a request that a server has received from another process. */
export async function respondWith(mock: RolloutMock, request: ReceivedRequest): Promise<PlainResponse> {
  const { method, headers, body } = request;
  const response = await mock.options.fetch(new URL(request.url, mock.options.baseUrl), {
    method,
    headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
    ...(body !== "" && { body }),
  });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
  };
}
