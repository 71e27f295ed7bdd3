import { createServer } from "node:http";
import { http, passthrough } from "msw";
import { setupServer } from "msw/node";
import { createRolloutClient } from "rollout-client";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { listen } from "../support/servers.ts";

/** Submits a code to a server that accepts any, while MSW intercepts requests with these handlers. */
async function submit(...handlers: Parameters<typeof setupServer>) {
  const server = createServer();
  new WebSocketServer({ server }).on("connection", (socket) => {
    socket.on("message", () => {
      socket.send(JSON.stringify({ event: "OTP_RESULT", ok: true }));
      socket.send(JSON.stringify({ event: "CREDENTIAL", ok: true, credential: { id: "cred_1" } }));
    });
  });
  const baseUrl = `http://127.0.0.1:${await listen(server)}`;
  const msw = setupServer(...handlers);
  msw.listen({ onUnhandledRequest: "error" });
  onTestFinished(() => {
    msw.close();
    server.close();
  });
  const options = { token: "made-up", baseUrl, webSocket: WebSocket };
  return createRolloutClient(options).credentials.submitOtp("otp_1", "123456");
}

test("MSW refuses the upgrade request of a socket that no handler is for", async () => {
  await expect(submit()).rejects.toMatchObject({ code: "otp_failed" });
});

test("a passthrough lets the socket reach its server", async () => {
  expect(await submit(http.get(/\/auth\/otp\//, () => passthrough()))).toEqual({ id: "cred_1" });
});
