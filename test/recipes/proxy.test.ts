import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createClientBehindProxy } from "./proxy.ts";

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function listen(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  ends.push(() => {
    server.close();
    // Those of tunnels too, which the server no longer knows.
    for (const socket of sockets) socket.destroy();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}`;
}

test("every call goes through the proxy", async () => {
  const api = await listen(
    createServer((request, response) => {
      request.resume();
      response.setHeader("Content-Type", "application/json").end('{"id":"credential_1"}');
    }),
  );
  const tunnels: (string | undefined)[] = [];
  const proxyServer = createServer();
  proxyServer.on("connect", ({ url }, socket: Socket) => {
    tunnels.push(url);
    const target = new URL(`http://${url}`);
    const onward = connect(Number(target.port), target.hostname, () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    for (const end of [socket, onward]) end.on("error", () => {});
  });
  const proxy = await listen(proxyServer);

  const { credentials } = createClientBehindProxy(proxy, { token: "made-up", baseUrl: api });
  expect(await credentials.create({ appKey: "gmail", userInputs: {} })).toEqual({ id: "credential_1" });
  expect(tunnels).toEqual([new URL(api).host]);
});
