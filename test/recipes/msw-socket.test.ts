import { createServer } from "node:http";
import { http, passthrough } from "msw";
import { setupServer } from "msw/node";
import { createRolloutClient } from "rollout-client";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { listen } from "../support/servers.ts";

test.each([
  ["refuses the upgrade request of a socket that no handler is for", [], { code: "otp_failed" }],
  [
    "lets the socket of a passthrough reach its server",
    [http.get(/\/auth\/otp\//, () => passthrough())],
    { id: "cred_1" },
  ],
])("MSW %s", async (_case, handlers, outcome) => {
  const server = createServer();
  new WebSocketServer({ server }).on("connection", (socket) => {
    socket.on("message", () => {
      socket.send(JSON.stringify({ event: "OTP_RESULT", ok: true }));
      socket.send(JSON.stringify({ event: "CREDENTIAL", ok: true, credential: { id: "cred_1" } }));
    });
  });
  const options = { token: "made-up", baseUrl: `http://127.0.0.1:${await listen(server)}`, webSocket: WebSocket };
  const msw = setupServer(...handlers);
  msw.listen({ onUnhandledRequest: "error" });
  onTestFinished(() => {
    msw.close();
    server.close();
  });
  const submitted = createRolloutClient(options).credentials.submitOtp("otp_1", "123456");
  expect(await submitted.catch((error: unknown) => error)).toMatchObject(outcome);
});
