// One origin that answers as Rollout's API does: Prism for HTTP, and the one-time-password mock for WebSockets, which Prism lacks.
import { once } from "node:events";
import { createServer, request as requestTo } from "node:http";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";

/** @typedef {import("node:http").IncomingMessage} IncomingMessage */
/** @typedef {import("node:http").ServerResponse} ServerResponse */

/**
 * @typedef {object} RecordedRequest
 * @property {string} method
 * @property {string} path with its query
 * @property {import("node:http").IncomingHttpHeaders} headers
 * @property {string} body
 */

/**
 * @typedef {object} MockApiOptions
 * @property {string} prismUrl
 * @property {Pick<import("./otp-mock.mjs").OtpMock, "upgrade">} [otp] without it, an upgrade is refused
 * @property {(request: RecordedRequest) => string | undefined | Promise<string | undefined>} [prefer] chooses Prism's
 *   answer: the value of a `Prefer` header such as `example=otpChallenge` or `code=429`, for a request that has none of its own.
 *   The request waits for it, so a promise holds the answer back
 */

/**
 * @param {MockApiOptions} options
 */
export async function startMockApi({ prismUrl, otp, prefer = () => undefined }) {
  /** @type {RecordedRequest[]} */
  const requests = [];

  /**
   * @param {IncomingMessage} request
   * @param {ServerResponse} response
   */
  async function answer(request, response) {
    const body = await buffer(request);
    const recorded = {
      method: request.method ?? "GET",
      path: request.url ?? "/",
      headers: request.headers,
      body: body.toString(),
    };
    requests.push(recorded);
    const { prefer: preference = await prefer(recorded) } = request.headers;
    const forwarded = requestTo(prismUrl, {
      method: recorded.method,
      path: recorded.path,
      headers: { ...request.headers, ...(preference === undefined ? {} : { prefer: preference }) },
    });
    forwarded.end(body);
    const [answered] = /** @type {[IncomingMessage]} */ (await once(forwarded, "response"));
    response.writeHead(answered.statusCode ?? 502, answered.rawHeaders);
    await pipeline(answered, response);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end("the mock got no answer from Prism");
    });
  });
  server.on("upgrade", (request, socket, head) => {
    if (otp === undefined) socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    else otp.upgrade(request, socket, head);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the mock has no port");

  return {
    /** For a client's `baseUrl`; requests below any path reach Prism unchanged. */
    baseUrl: `http://127.0.0.1:${address.port}`,
    /** Every HTTP request so far, in the order of arrival. */
    requests,
    /** Does not wait for WebSockets: they are the one-time-password mock's, and end with it. */
    async stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
