import { once } from "node:events";
import { createServer } from "node:http";
import { onTestFinished } from "vitest";

/** A server whose lists are empty. */
export async function startServer(): Promise<{ baseUrl: string; received: string[] }> {
  const received: string[] = [];
  const server = createServer(({ method, url }, response) => {
    received.push(`${method} ${url}`);
    response.setHeader("Content-Type", "application/json").end("[]");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return { baseUrl: `http://127.0.0.1:${address.port}`, received };
}
