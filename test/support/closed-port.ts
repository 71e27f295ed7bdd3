import { once } from "node:events";
import { connect, createServer } from "node:net";
import { onTestFinished } from "vitest";
import { listen } from "./listen.ts";

/** A port of 127.0.0.1 on which nobody listens until the end of the test. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  const client = connect(port, "127.0.0.1");
  await once(server, "connection");
  // The connection that stays keeps the system from giving the port to another server.
  server.close();
  onTestFinished(() => void client.destroy());
  return port;
}
