import type { RolloutMock } from "rollout-client/testing";
import { type ReceivedRequest, startHttpServer } from "../support/http-server.ts";

/** Serves a mock of Rollout to other processes, until the end of the test. Resolves to its base URL. */
export async function serveMock(
  mock: RolloutMock,
  /** Is waited for between the mock's work and its response. */
  beforeResponse: (request: ReceivedRequest) => void | Promise<void> = () => {},
): Promise<string> {
  const { url } = await startHttpServer(async (request) => {
    const { method, headers, body } = request;
    const response = await mock.options.fetch(new URL(request.url, mock.options.baseUrl), {
      method,
      headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
      ...(body !== "" && { body }),
    });
    await beforeResponse(request);
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    };
  });
  return `${url}/api`;
}
