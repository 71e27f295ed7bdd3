import { createServer, type IncomingMessage } from "node:http";
import { createRolloutClient, RolloutOtpError } from "rollout-client";
import { expect, onTestFinished, test } from "vitest";
import { type ServerOptions, WebSocket, WebSocketServer } from "ws";
import { closedPort } from "../../support/closed-port.ts";
import { listen } from "../../support/listen.ts";
import { rejection } from "../../support/rejection.ts";
import { accepted, challenge, code, created } from "./setup.ts";

/** A client that connects with the package `ws`. After the test its connections have ended, and no listener is left on them. */
function startClient(port: number) {
  const sockets: WebSocket[] = [];
  class ObservedWebSocket extends WebSocket {
    constructor(url: string) {
      super(url);
      sockets.push(this);
    }
  }
  onTestFinished(async () => {
    // `once` of node:events would reject: closing a socket that is still connecting emits an error first.
    const open = sockets.filter(({ readyState }) => readyState !== WebSocket.CLOSED);
    await Promise.all(open.map((socket) => new Promise((resolve) => socket.once("close", resolve))));
    expect(sockets.flatMap((socket) => socket.eventNames())).toEqual([]);
  });
  const baseUrl = `http://127.0.0.1:${port}/api`;
  return createRolloutClient({ token: "token-5524", baseUrl, webSocket: ObservedWebSocket }).credentials;
}

async function startServer(options: Pick<ServerOptions, "verifyClient"> = {}) {
  const httpServer = createServer();
  const server = new WebSocketServer({ server: httpServer, ...options });
  onTestFinished(() => void httpServer.close());
  return { server, credentials: startClient(await listen(httpServer)) };
}

test("the right code over a real socket becomes the credential; the token is not sent", async () => {
  const { server, credentials } = await startServer();
  const frames: string[] = [];
  let request: IncomingMessage | undefined;
  const closed = new Promise((resolve) => {
    server.on("connection", (socket, upgrade) => {
      request = upgrade;
      socket.on("message", (frame) => {
        frames.push(String(frame));
        for (const event of [accepted, created]) socket.send(JSON.stringify(event));
      });
      socket.on("close", resolve);
    });
  });
  expect(await credentials.submitOtp(challenge, code)).toEqual({ id: "cred_1" });
  expect(await closed).toBe(1000);
  expect(frames).toEqual([`{"event":"ENTER_OTP","otp":"${code}"}`]);
  expect(request?.url).toMatch(/^\/api\/auth\/otp\/otp%201%2F%C3%A4\?rolloutUserAgent=rollout-client@/);
  expect(JSON.stringify(request?.headers)).not.toMatch(/authorization|token-5524/i);
});

test("a connection that is closed when a code has come is otp_failed, without the code in the reason", async () => {
  const { server, credentials } = await startServer();
  server.on("connection", (socket) => socket.on("message", () => socket.close(1008, `${code} is wrong`)));
  const error = await rejection(credentials.submitOtp(challenge, code), RolloutOtpError);
  expect(error).toMatchObject({ code: "otp_failed", mayHaveSucceeded: true });
  expect(error.message).toContain("connection was closed (code 1008)");
  expect(error.stack).not.toContain(code);
});

test.each([401, 503])("a %i in response to the upgrade is otp_failed, with the cause", async (status) => {
  const { credentials } = await startServer({ verifyClient: (_request, decide) => decide(false, status) });
  const error = await rejection(credentials.submitOtp(challenge, code), RolloutOtpError);
  expect(error).toMatchObject({ code: "otp_failed", mayHaveSucceeded: false });
  expect(String(error.cause)).toContain(String(status));
});

test("a server that is not there is otp_failed, with the cause", async () => {
  const credentials = startClient(await closedPort());
  const error = await rejection(credentials.submitOtp(challenge, code), RolloutOtpError);
  expect(error).toMatchObject({ code: "otp_failed", mayHaveSucceeded: false, cause: { code: "ECONNREFUSED" } });
  expect(error.message).toMatch(/connection failed\. Try this challenge again, or create the credential again/);
});

test("an abort during the upgrade rejects with the caller's reason, and leaves the connection", async () => {
  const controller = new AbortController();
  const { credentials } = await startServer({ verifyClient: () => controller.abort("the user left") });
  await expect(credentials.submitOtp(challenge, code, { signal: controller.signal })).rejects.toBe("the user left");
});
