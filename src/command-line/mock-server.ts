import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Writable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { MockFault, RolloutMock } from "rollout-client/testing";
import { oauthPage } from "./oauth-page.ts";

/** A mock of Rollout on a port of 127.0.0.1. */
export interface MockServer {
  readonly mock: RolloutMock;
  /** Whether one-time passwords work: they need the package ws. */
  readonly hasWebSocket: boolean;
  stop(): Promise<void>;
}

/** Lets the pages of any origin call the mock, and read every header of its responses. */
const CORS = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Methods": "*",
  "Access-Control-Allow-Headers": "Authorization, *",
  "Access-Control-Expose-Headers": "*",
};
/** The connection ended without a closing handshake: RFC 6455, section 7.4.1. */
const ABNORMAL_CLOSURE = 1006;

/**
 * Starts a server for a mock.
 *
 * @param port - 0 for any that is free
 * @param createMock - creates the mock, which must be at this base URL
 */
export async function startMockServer(port: number, createMock: (baseUrl: string) => RolloutMock): Promise<MockServer> {
  const server = createServer();
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the mock has no port");
  const origin = `http://127.0.0.1:${address.port}`;
  const mock = createMock(`${origin}/api`);

  // What the mock throws is a connection that is lost.
  server.on("request", (request, response) => respond(mock, origin, request, response).catch(() => response.destroy()));

  const webSockets = await createWebSocketServer();
  server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    if (webSockets === undefined) {
      socket.end("HTTP/1.1 501 Not Implemented\r\nConnection: close\r\n\r\n");
      return;
    }
    const session = new mock.options.webSocket(`${origin}${request.url}`.replace(/^http/, "ws"));
    session.addEventListener("error", () => socket.destroy());
    session.addEventListener("open", () =>
      webSockets.handleUpgrade(request, socket, head, (client) => {
        session.addEventListener("message", ({ data }) => client.send(String(data)));
        session.addEventListener("close", ({ code }) =>
          code === ABNORMAL_CLOSURE ? client.terminate() : client.close(code),
        );
        client.on("message", (data) => session.send(data.toString()));
        client.on("close", () => session.close());
      }),
    );
  });

  return {
    mock,
    hasWebSocket: webSockets !== undefined,
    async stop() {
      const closed = once(server, "close");
      for (const client of webSockets?.clients ?? []) client.terminate();
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function respond(
  mock: RolloutMock,
  origin: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = "GET", headers } = request;
  const url = new URL(request.url ?? "/", origin);
  if (method === "OPTIONS") {
    response.writeHead(204, CORS).end();
    return;
  }
  const body = await buffer(request);
  if (url.pathname === "/api/oauth/authorize") {
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(oauthPage(mock, url.searchParams));
    return;
  }
  const fail = url.searchParams.get("fail");
  if (fail !== null) {
    const fault = readFault(fail);
    if (fault === undefined) {
      const errors = [{ message: "fail must be a status from 200 to 599, or reset, hang or cut." }];
      response.writeHead(400, { ...CORS, "Content-Type": "application/json" }).end(JSON.stringify({ errors }));
      return;
    }
    mock.failNext(fault);
  }
  const leaving = new AbortController();
  response.on("close", () => leaving.abort());
  const result = await mock.options.fetch(url, {
    method,
    headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
    signal: leaving.signal,
    ...(body.length > 0 && { body }),
  });
  response.writeHead(result.status, { ...CORS, ...Object.fromEntries(result.headers) });
  if (result.body === null) response.end();
  else await result.body.pipeTo(Writable.toWeb(response));
}

/** The fault that `?fail=` asks for. */
function readFault(text: string): MockFault | undefined {
  if (/^[2-5]\d\d$/.test(text)) return { fault: "status", status: Number(text) };
  if (text === "reset" || text === "hang" || text === "cut") return { fault: text };
  return undefined;
}

/** A server for the sockets of one-time passwords; `undefined` without the package ws, an optional peer dependency. */
async function createWebSocketServer() {
  try {
    const { WebSocketServer } = await import("ws");
    return new WebSocketServer({ noServer: true });
  } catch (problem) {
    if (problem instanceof Error && "code" in problem && problem.code === "ERR_MODULE_NOT_FOUND") return undefined;
    throw problem;
  }
}
