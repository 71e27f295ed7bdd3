import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type MockApiOptions, startMockApi } from "../../scripts/mock/mock-api.mjs";
import { createOtpMock } from "../../scripts/mock/otp-mock.mjs";

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

let prismUrl = "";
beforeEach(async () => {
  const echo = createServer(async (request, response) => {
    const { method, url, headers } = request;
    response.writeHead(418, { "x-from": "upstream" });
    response.end(JSON.stringify({ method, url, headers, body: await text(request) }));
  }).listen(0, "127.0.0.1");
  await once(echo, "listening");
  stops.push(() => echo.close());
  const address = echo.address();
  prismUrl = typeof address === "object" && address !== null ? `http://127.0.0.1:${address.port}` : "";
});

async function start(options: Omit<MockApiOptions, "prismUrl"> = {}) {
  const api = await startMockApi({ prismUrl, ...options });
  stops.push(api.stop);
  return api;
}

function post(baseUrl: string, headers: Record<string, string> = {}) {
  return fetch(`${baseUrl}/credentials?a=1`, {
    method: "POST",
    headers: { authorization: "Bearer t", "content-type": "application/json", ...headers },
    body: '{"appKey":"lofty"}',
  });
}

test("passes a request and its answer on unchanged, and records it", async () => {
  const api = await start();
  const answer = await post(api.baseUrl);
  expect(answer.status).toBe(418);
  expect(answer.headers.get("x-from")).toBe("upstream");
  const seen = await answer.json();
  expect(seen).toMatchObject({ method: "POST", url: "/credentials?a=1", body: '{"appKey":"lofty"}' });
  expect(seen.headers).toEqual(api.requests[0]?.headers);
  expect(seen.headers).not.toHaveProperty("prefer");
  expect(api.requests).toMatchObject([{ method: "POST", path: "/credentials?a=1", body: '{"appKey":"lofty"}' }]);
});

test("adds the Prefer header that the option chooses, once it is known", async () => {
  const asked = new EventEmitter();
  const api = await start({
    prefer: async ({ path }) => {
      asked.emit("asked", path);
      const [preference] = await once(asked, "chosen");
      return preference;
    },
  });
  const firstAsked = once(asked, "asked");
  const pending = post(api.baseUrl);
  expect(await firstAsked).toEqual(["/credentials?a=1"]);
  asked.emit("chosen", "example=otpChallenge");
  expect((await (await pending).json()).headers.prefer).toBe("example=otpChallenge");
});

test("leaves a Prefer header that the request brings", async () => {
  const api = await start({ prefer: () => "code=500" });
  expect((await (await post(api.baseUrl, { prefer: "code=409" })).json()).headers.prefer).toBe("code=409");
});

test("answers 502 when nothing listens behind it", async () => {
  stops.pop()?.();
  const api = await start();
  expect((await post(api.baseUrl)).status).toBe(502);
});

test("hands upgrades to the one-time-password mock, on the same origin", async () => {
  const otp = createOtpMock();
  stops.push(otp.stop);
  const api = await start({ otp });
  const socket = new WebSocket(`${api.baseUrl.replace("http", "ws")}/auth/otp/challenge_1`);
  await once(socket, "open");
  socket.close();
  await otp.allClosed();
  expect(otp.conversations).toMatchObject([{ otpChallengeId: "challenge_1" }]);
});

test("refuses upgrades when there is no one-time-password mock", async () => {
  const api = await start();
  const socket = new WebSocket(`${api.baseUrl.replace("http", "ws")}/auth/otp/challenge_1`);
  const [failure] = await once(socket, "error");
  expect(String(failure)).toContain("404");
});
