// The mock of rollout-client/testing on a port of 127.0.0.1, for programs that run in processes of their own.
import { once } from "node:events";
import { createServer } from "node:http";
import { Writable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { createRolloutMock } from "rollout-client/testing";
import { WebSocketServer } from "ws";
import { createOAuthLogin } from "./oauth-login.mjs";

/** @typedef {import("node:http").IncomingMessage} IncomingMessage */
/** @typedef {import("node:http").ServerResponse} ServerResponse */
/** @typedef {import("rollout-client/testing").RolloutMock} RolloutMock */

/**
 * @typedef {object} RolloutServerOptions
 * @property {string} [clientSecret] the secret that tokens must be signed with; by default signatures are not checked
 * @property {import("rollout-client/testing").MockConnectors} [connectors]
 * @property {(request: { method: string, path: string, headers: import("node:http").IncomingHttpHeaders, body: string }, mock: RolloutMock) => void | Promise<void>} [beforeRequest] runs
 *   before each request reaches the mock, which waits for it: to fail by what is in the request, or to hold it back
 * @property {(code: string) => void | Promise<void>} [beforeCode] the same for each one-time password
 */

/** Lets the pages of any origin call the mock. */
const CORS = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Methods": "*",
  "Access-Control-Allow-Headers": "Authorization, *",
};

/** @param {RolloutServerOptions} [options] */
export async function startRolloutServer({ beforeRequest = () => {}, beforeCode = () => {}, ...mockOptions } = {}) {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the mock has no port");
  const origin = `http://127.0.0.1:${address.port}`;
  const mock = createRolloutMock({ ...mockOptions, baseUrl: `${origin}/api` });
  const login = createOAuthLogin(origin, mock);

  /**
   * @param {IncomingMessage} request
   * @param {ServerResponse} response
   */
  async function respond(request, response) {
    const { method = "GET", url = "/", headers } = request;
    if (method === "OPTIONS") {
      response.writeHead(204, CORS).end();
      return;
    }
    const body = await buffer(request);
    const { pathname } = new URL(url, origin);
    if (login.owns(pathname)) {
      response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(login.page(new URL(url, origin)));
      return;
    }
    await beforeRequest({ method, path: pathname.replace(/^\/api/, ""), headers, body: body.toString() }, mock);
    const leaving = new AbortController();
    response.on("close", () => leaving.abort());
    const received = await mock.options.fetch(`${origin}${url}`, {
      method,
      headers: Object.entries(headers).map(([name, value]) => /** @type {[string, string]} */ ([name, String(value)])),
      signal: leaving.signal,
      ...(body.length > 0 && { body }),
    });
    const result = await login.intercept(pathname, received);
    response.writeHead(result.status, { ...CORS, ...Object.fromEntries(result.headers) });
    if (result.body === null) response.end();
    else await result.body.pipeTo(Writable.toWeb(response));
  }

  // What the mock throws is a connection that is lost.
  server.on("request", (request, response) => respond(request, response).catch(() => response.destroy()));

  const webSockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    const session = new mock.options.webSocket(`${origin}${request.url}`.replace(/^http/, "ws"));
    session.addEventListener("error", () => socket.destroy());
    session.addEventListener("open", () =>
      webSockets.handleUpgrade(request, socket, head, (client) => {
        session.addEventListener("message", ({ data }) => client.send(String(data)));
        // A connection that was lost has no code to close with.
        session.addEventListener("close", ({ code }) => (code === 1006 ? client.terminate() : client.close(code)));
        client.on("message", async (data) => {
          await beforeCode(data.toString());
          session.send(data.toString());
        });
        client.on("close", () => session.close());
      }),
    );
  });

  return {
    mock,
    /** For a client's `baseUrl`. */
    baseUrl: mock.options.baseUrl,
    async stop() {
      for (const client of webSockets.clients) client.terminate();
      server.close();
      server.closeAllConnections();
    },
  };
}
