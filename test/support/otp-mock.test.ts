import { on, once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { createOtpMock, type OtpMockOptions, otpEvents, startOtpMock } from "./otp-mock.mjs";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function start(options?: OtpMockOptions) {
  const mock = await startOtpMock(options);
  stops.push(mock.stop);
  return mock;
}

async function open(url: string) {
  const socket = new WebSocket(url.replace("http", "ws"));
  await once(socket, "open");
  return socket;
}

test("rejects a wrong code and accepts the right one on the same socket", async () => {
  const mock = await start();
  const socket = await open(`${mock.url}/api/auth/otp/a%2Fb?rolloutUserAgent=x@1`);
  const messages = on(socket, "message");
  const nextMessage = async (): Promise<unknown> => JSON.parse(String((await messages.next()).value[0]));
  socket.send(JSON.stringify({ event: "ENTER_OTP", otp: "000000" }));
  expect(await nextMessage()).toEqual(otpEvents.codeRejected("This code is wrong or has expired."));
  socket.send(JSON.stringify({ event: "ENTER_OTP", otp: "123456" }));
  expect(await nextMessage()).toEqual({ event: "OTP_RESULT", ok: true });
  expect(await nextMessage()).toEqual({
    event: "CREDENTIAL",
    ok: true,
    credential: { id: "credential_after_otp" },
  });
  expect(mock.openSockets()).toBe(1);
  socket.close(1000);
  await mock.allClosed();
  expect(mock.openSockets()).toBe(0);
  expect(mock.conversations).toHaveLength(1);
  await mock.conversations[0]?.closed;
  expect(mock.conversations[0]).toMatchObject({
    otpChallengeId: "a/b",
    path: "/api/auth/otp/a%2Fb",
    closeCode: 1000,
    frames: ['{"event":"ENTER_OTP","otp":"000000"}', '{"event":"ENTER_OTP","otp":"123456"}'],
  });
  expect(mock.conversations[0]?.query.get("rolloutUserAgent")).toBe("x@1");
});

test("answers the upgrade with the status it was told", async () => {
  const mock = await start({ handshake: 503 });
  const socket = new WebSocket(`${mock.url.replace("http", "ws")}/auth/otp/1`);
  const [failure] = await once(socket, "error");
  expect(String(failure)).toContain("503");
  await mock.allClosed();
  expect(mock.conversations).toHaveLength(0);
});

test("never answers the upgrade when told to hang, and sees the client leave", async () => {
  const mock = createOtpMock({ handshake: "hang" });
  const server = createServer().on("upgrade", mock.upgrade).listen(0, "127.0.0.1");
  stops.push(mock.stop, async () => void server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, "127.0.0.1");
  socket.write("GET /auth/otp/1 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  await once(server, "upgrade");
  expect(mock.openSockets()).toBe(1);
  socket.end();
  await mock.allClosed();
  expect(mock.openSockets()).toBe(0);
});

test.each(["/elsewhere", "/auth/otp/", "/auth/otp/1/more", "/auth/otp/%zz"])("refuses the path %s", async (path) => {
  const mock = await start();
  const socket = new WebSocket(`${mock.url.replace("http", "ws")}${path}`);
  const [failure] = await once(socket, "error");
  expect(String(failure)).toContain("404");
});

test("stop() tells of a script that failed", async () => {
  const mock = await startOtpMock();
  const socket = await open(`${mock.url}/auth/otp/1`);
  socket.send("not of the protocol");
  await once(socket, "close");
  await expect(mock.stop()).rejects.toThrow(AggregateError);
});

test("stop() ends a conversation that still waits", async () => {
  const mock = await startOtpMock();
  const socket = await open(`${mock.url}/auth/otp/1`);
  const closed = once(socket, "close");
  await mock.stop();
  await closed;
  expect(mock.openSockets()).toBe(0);
});
