// A server that does what Prism cannot: it stalls, redirects, cuts the connection. A page of another origin may ask it.
import { once } from "node:events";
import { createServer } from "node:http";
import { connect, createServer as createTcpServer } from "node:net";
import { text } from "node:stream/consumers";

/** @typedef {import("node:http").IncomingMessage} IncomingMessage */
/** @typedef {import("node:http").ServerResponse} ServerResponse */

const JSON_HEADERS = { "Content-Type": "application/json" };

export async function startFaults() {
  /** @type {Set<string>} */
  const busy = new Set();
  /** @type {Set<string>} */
  const followed = new Set();

  /** @type {Record<string, (response: ServerResponse, path: string) => unknown>} */
  const responses = {
    stalled: (response) => response.writeHead(200, JSON_HEADERS).write('{"id":'),
    // A length that the body does not have: the end of a chunked one would do for some.
    cut: (response) =>
      response.writeHead(200, { ...JSON_HEADERS, "Content-Length": 100 }).write('{"id":', () => response.destroy()),
    redirected: (response, path) => response.writeHead(307, { Location: `/elsewhere?from=${path}` }).end(),
    elsewhere(response, path) {
      followed.add(path);
      response.writeHead(200, JSON_HEADERS).end('{"id":"from elsewhere"}');
    },
    accented: (response) => response.writeHead(200, JSON_HEADERS).end('{"id":"crèd_1"}'),
    refused: (response) => response.writeHead(400, JSON_HEADERS).end('{"errors":[{"message":"refusé"}]}'),
    async echo(response) {
      const { headers } = response.req;
      response.writeHead(200, JSON_HEADERS).end(JSON.stringify([headers["content-type"], await text(response.req)]));
    },
    followed: (response) => response.writeHead(200, JSON_HEADERS).end(JSON.stringify([...followed])),
    "busy-once"(response, path) {
      if (busy.has(path)) response.writeHead(200, JSON_HEADERS).end('{"id":"credential_after_busy"}');
      else response.writeHead(503, { "Retry-After": "0" }).end();
      busy.add(path);
    },
  };

  const server = createServer((request, response) => {
    allowOrigin(request, response);
    const path = request.url ?? "/";
    const respond = responses[path.split("/")[1] ?? ""];
    if (request.method === "OPTIONS") response.writeHead(204).end();
    else if (respond === undefined) response.writeHead(404).end();
    else respond(response, path);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: urlOf(server),
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** An address where nothing listens as long as this process runs. */
export async function closedUrl() {
  const server = createTcpServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = urlOf(server);
  const client = connect(Number(new URL(url).port), "127.0.0.1");
  const [socket] = await once(server, "connection");
  // The connection that stays keeps the system from giving the port to another server.
  server.close();
  client.unref();
  socket.unref();
  return url;
}

/** @param {import("node:net").Server} server */
function urlOf(server) {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return `http://127.0.0.1:${address.port}`;
}

/**
 * @param {IncomingMessage} request
 * @param {ServerResponse} response
 */
function allowOrigin(request, response) {
  const { origin, "access-control-request-headers": headers } = request.headers;
  if (origin === undefined) return;
  response.setHeader("Access-Control-Allow-Origin", origin);
  response.setHeader("Access-Control-Expose-Headers", "Retry-After");
  if (headers !== undefined) response.setHeader("Access-Control-Allow-Headers", headers);
}
