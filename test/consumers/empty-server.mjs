// What applications call: a server without a single credential or connector.
import { once } from "node:events";
import { createServer } from "node:http";

export async function startEmptyServer() {
  /** @type {string[]} */
  const received = [];
  const server = createServer(({ method, url = "" }, response) => {
    received.push(`${method} ${url}`);
    response.setHeader("Content-Type", "application/json").end(url.endsWith("/connectors") ? "{}" : "[]");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return { baseUrl: `http://127.0.0.1:${address.port}/api`, received, stop: () => server.close() };
}
