// The servers that the suite meets besides the mock. A page of another origin may ask them.
import { once } from "node:events";
import { createServer } from "node:http";
import { connect, createServer as createTcpServer } from "node:net";
import { text } from "node:stream/consumers";

/** @typedef {import("node:http").ServerResponse} ServerResponse */

const JSON_HEADERS = { "Content-Type": "application/json" };

/**
 * Makes a server listen on a free port of 127.0.0.1, and resolves to its URL.
 *
 * @param {import("node:net").Server} server
 */
async function listen(server) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return `http://127.0.0.1:${address.port}`;
}

/** @param {import("node:http").Server} server */
export async function start(server) {
  return {
    url: await listen(server),
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** A server that does what the mock cannot: it stalls, redirects, cuts the connection. */
export function startFaults() {
  /** @type {Set<string>} */
  const busy = new Set();
  /** @type {Set<string>} */
  const followed = new Set();
  const json = (/** @type {ServerResponse} */ response, /** @type {unknown} */ body, status = 200) =>
    response.writeHead(status, JSON_HEADERS).end(JSON.stringify(body));

  /** @type {Record<string, (response: ServerResponse, path: string) => unknown>} */
  const responses = {
    stalled: (response) => response.writeHead(200, JSON_HEADERS).write('{"id":'),
    // A length that the body does not have: the end of a chunked one would do for some.
    cut: (response) =>
      response.writeHead(200, { ...JSON_HEADERS, "Content-Length": 100 }).write('{"id":', () => response.destroy()),
    redirected: (response, path) => response.writeHead(307, { Location: `/elsewhere?from=${path}` }).end(),
    elsewhere: (response, path) => followed.add(path) && json(response, { id: "from elsewhere" }),
    accented: (response) => json(response, { id: "crèd_1" }),
    refused: (response) => json(response, { errors: [{ message: "refusé" }] }, 400),
    echo: async (response) => json(response, [response.req.headers["content-type"], await text(response.req)]),
    followed: (response) => json(response, [...followed]),
    "busy-once"(response, path) {
      if (busy.has(path)) json(response, { id: "credential_after_busy" });
      else response.writeHead(503, { "Retry-After": "0" }).end();
      busy.add(path);
    },
  };

  return start(
    createServer((request, response) => {
      const { origin, "access-control-request-headers": headers } = request.headers;
      if (origin !== undefined) response.setHeader("Access-Control-Allow-Origin", origin);
      if (headers !== undefined) response.setHeader("Access-Control-Allow-Headers", headers);
      response.setHeader("Access-Control-Expose-Headers", "Retry-After");
      const path = request.url ?? "/";
      const respond = responses[path.split("/")[1] ?? ""];
      if (request.method === "OPTIONS") response.writeHead(204).end();
      else if (respond === undefined) response.writeHead(404).end();
      else respond(response, path);
    }),
  );
}

/** A proxy that opens no tunnel. The host to connect to says which status to refuse with: status-407.invalid. */
export function startRefusingProxy() {
  const proxy = createServer((_request, response) => response.writeHead(407).end());
  proxy.on("connect", ({ url = "" }, socket) => {
    socket.on("error", () => {});
    socket.end(`HTTP/1.1 ${/\d+/.exec(url)?.[0]} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
  });
  return start(proxy);
}

/** An address where nothing listens as long as this process runs. */
export async function closedUrl() {
  const server = createTcpServer();
  const url = await listen(server);
  const client = connect(Number(new URL(url).port), "127.0.0.1");
  const [socket] = await once(server, "connection");
  // The connection that stays keeps the system from giving the port to another server.
  server.close();
  client.unref();
  socket.unref();
  return url;
}
