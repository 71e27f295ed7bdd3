import { createServer } from "node:http";
import { connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { listen, startHttpServer } from "../support/servers.ts";
import { createClientBehindProxy } from "./proxy.ts";

test("every call goes through the proxy", async () => {
  const api = await startHttpServer();
  const tunnels: (string | undefined)[] = [];
  const proxy = createServer().on("connect", ({ url }, socket: Socket) => {
    tunnels.push(url);
    const target = new URL(`http://${url}`);
    const onward = connect(Number(target.port), target.hostname, () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    for (const end of [socket, onward]) {
      end.on("error", () => {});
      onTestFinished(() => void end.destroy());
    }
  });
  onTestFinished(() => void proxy.close());
  const proxyUrl = `http://127.0.0.1:${await listen(proxy)}`;
  const { credentials } = createClientBehindProxy(proxyUrl, { token: "made-up", baseUrl: api.url });
  expect(await credentials.create({ appKey: "follow-up-boss", userInputs: {} })).toEqual({ id: "cred_1" });
  expect(tunnels).toEqual([new URL(api.url).host]);
});
