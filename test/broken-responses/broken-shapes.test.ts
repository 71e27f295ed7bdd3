import { createRolloutClient, isOtpChallenge, RolloutResponseError } from "rollout-client";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { rejection } from "../support/rejection.ts";
import { type Answer, answer, startSocketServer, write } from "../support/socket-server.ts";
import { callThings } from "../support/things.ts";

const kept = { "X-Request-Id": "request-1", "X-Marker": "kept" };
const otpChallenge = { action: "OTP_REQUEST", otpChallengeId: "1", titleHTML: "t", message: "m", messageHTML: "m" };
const noChunks = write("HTTP/1.1 200 OK\r\nX-Request-Id: request-1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");

async function create(answer: Answer): Promise<unknown> {
  const { url } = await startSocketServer(answer);
  const { credentials } = createRolloutClient({ baseUrl: url, token: "made-up" });
  return credentials.create({ appKey: "gmail", userInputs: {} });
}

describe("credentials.create", () => {
  const shapes: unknown[] = [null, true, 42, "text", [], {}, [{ id: "1" }], { id: 1 }, { id: null }, { ID: "1" }];
  const nested: unknown[] = [
    { data: { id: "1" } },
    { ...otpChallenge, otpChallengeId: 1 },
    { errors: [{ message: "no" }] },
  ];
  test.each([...shapes, ...nested])("a success of %j is an invalid response", async (body) => {
    const error = await rejection(create(answer(200, JSON.stringify(body), kept)), RolloutResponseError);
    expect(error).toMatchObject({ code: "invalid_response", status: 200, requestId: "request-1", attempts: 1 });
    expect(error).toMatchObject({ mayHaveSucceeded: true, message: expect.stringContaining("neither a credential") });
    expect(error.headers.get("x-marker")).toBe("kept");
  });

  test.each([
    ["an empty 200", answer(200, "", kept)],
    ["a 204", answer(204, "", kept)],
    ["a 205", answer(205, "", kept)],
    ["a 200 of no chunks", noChunks],
  ])("%s, where a body is promised, is an invalid response", async (_case, answer) => {
    const error = await rejection(create(answer), RolloutResponseError);
    expect(error).toMatchObject({ code: "invalid_response", requestId: "request-1", mayHaveSucceeded: true });
  });

  test("what an old library adds to every object is not asked of an answer", async () => {
    Object.defineProperty(Object.prototype, "legacy", {
      value: () => {},
      enumerable: true,
      configurable: true,
      writable: true,
    });
    try {
      await expect(create(answer(200, { id: "1" }))).resolves.toEqual({ id: "1" });
    } finally {
      Reflect.deleteProperty(Object.prototype, "legacy");
    }
  });

  test("an answer may hold more than the document promises", async () => {
    const answers = [
      { id: "1", extra: [] },
      { ...otpChallenge, id: 5 },
      { ...otpChallenge, id: "1" },
    ];
    for (const body of answers) await expect(create(answer(200, body))).resolves.toEqual(body);
  });

  test("a credential that names no challenge is not taken for one", async () => {
    const { url } = await startSocketServer(answer(200, { id: "1", otpChallengeId: null, message: null }));
    const { credentials } = createRolloutClient({ baseUrl: url, token: "made-up", webSocket: WebSocket });
    const created = await credentials.create({ appKey: "gmail", userInputs: {} });
    expect(isOtpChallenge(created)).toBe(false);
    const onOtp = () => expect.fail("nobody is to be asked");
    await expect(credentials.create({ appKey: "gmail", userInputs: {} }, { onOtp })).resolves.toMatchObject({
      id: "1",
    });
  });
});

test.each([
  ["an empty 200", answer(200, "")],
  ["a 204", answer(204, "")],
  ["a 200 of no chunks", noChunks],
])("%s resolves to no data from api, which knows of no promise", async (_case, answer) => {
  const { url } = await startSocketServer(answer);
  await expect(callThings({ baseUrl: url, token: "made-up" }, "POST")).resolves.toBeUndefined();
});

test("a JSON null is a value like others for api", async () => {
  const { url } = await startSocketServer(answer(200, "null"));
  await expect(callThings({ baseUrl: url, token: "made-up" }, "POST")).resolves.toBeNull();
});
