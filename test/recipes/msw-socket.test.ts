import { once } from "node:events";
import { http, passthrough } from "msw";
import { setupServer } from "msw/node";
import { createRolloutClient } from "rollout-client";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";

const msw = setupServer();
let server: WebSocketServer;

beforeAll(async () => {
  server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  server.on("connection", (socket) => {
    socket.on("message", () => {
      socket.send(JSON.stringify({ event: "OTP_RESULT", ok: true }));
      socket.send(JSON.stringify({ event: "CREDENTIAL", ok: true, credential: { id: "cred_1" } }));
    });
  });
  await once(server, "listening");
  msw.listen({ onUnhandledRequest: "error" });
});
afterEach(() => msw.resetHandlers());
afterAll(() => {
  msw.close();
  server.close();
});

function submit() {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const options = { token: "made-up", baseUrl: `http://127.0.0.1:${port}`, webSocket: WebSocket };
  return createRolloutClient(options).credentials.submitOtp("otp_1", "123456");
}

test("MSW refuses the upgrade request of a socket that no handler is for", async () => {
  await expect(submit()).rejects.toMatchObject({ code: "otp_failed" });
});

test("a passthrough lets the socket reach its server", async () => {
  msw.use(http.get(/\/auth\/otp\//, () => passthrough()));
  expect(await submit()).toEqual({ id: "cred_1" });
});
