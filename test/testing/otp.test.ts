import type { MockFault } from "rollout-client/testing";
import { expect, onTestFinished, test, vi } from "vitest";
import { input, startMock } from "./setup.ts";

async function startChallenge(options?: { refuseCredential?: string }) {
  const started = startMock();
  started.mock.requireOtp("follow-up-boss", "123456", options);
  const challenge = await started.credentials.create(input);
  if (!("otpChallengeId" in challenge)) throw new Error("no challenge came");
  return { ...started, challenge };
}

test("a refused credential ends the challenge with its reason", async () => {
  const message = "The account is locked.";
  const { mock, credentials, challenge } = await startChallenge({ refuseCredential: message });
  for (const errors of [[{ message }], []])
    await expect(credentials.submitOtp(challenge, "123456")).rejects.toMatchObject({ code: "otp_failed", errors });
  expect(mock.credentials).toEqual([]);
});

test("a code is submitted while a test has replaced every timer, queueMicrotask among them", async () => {
  const { credentials, challenge } = await startChallenge();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate", "queueMicrotask", "Date"] });
  onTestFinished(() => void vi.useRealTimers());
  expect(await credentials.submitOtp(challenge, "123456")).toEqual({ id: expect.any(String) });
});

test.each<[MockFault, boolean]>([
  [{ fault: "refused" }, false],
  [{ fault: "status", status: 503 }, false],
  [{ fault: "reset" }, true],
  [{ fault: "cut", acted: true }, true],
  [{ fault: "hang" }, true],
])(
  "the socket meets the fault %j once, and the challenge goes on where it did not act",
  async (fault, mayHaveSucceeded) => {
    const { mock, credentials, challenge } = await startChallenge();
    mock.failNext({ ...fault, on: "otp" });
    const timeout = fault.fault === "hang" ? 20 : undefined;
    const submitted = credentials.submitOtp(challenge, "123456", { timeout });
    await expect(submitted).rejects.toMatchObject({ code: "otp_failed", mayHaveSucceeded });
    expect(mock.credentials).toHaveLength(fault.acted === true ? 1 : 0);
    if (fault.acted !== true) await credentials.submitOtp(challenge, "123456");
    expect(mock.credentials).toMatchObject([{ appKey: "follow-up-boss", userId: "user_1" }]);
  },
);

test("a fault for any request leaves the socket alone", async () => {
  const { mock, credentials, challenge } = await startChallenge();
  mock.failNext({ fault: "refused" });
  await credentials.submitOtp(challenge, "123456");
  await expect(credentials.create(input, { retry: false })).rejects.toMatchObject({ code: "network" });
});

/** A socket to a path of the mock, which closes with a code. */
function openSocket({ mock }: ReturnType<typeof startMock>, path: string) {
  const socket = new mock.options.webSocket(mock.options.baseUrl.replace("https", "wss") + path);
  const closed = new Promise<number>((resolve) => {
    socket.addEventListener("close", ({ code }) => resolve(code));
  });
  return { socket, closed };
}

test.each(["text", '{"event":"HELLO"}', "[]"])("a frame that is no code closes the socket: %s", async (frame) => {
  const { challenge, ...started } = await startChallenge();
  const { socket, closed } = openSocket(started, `/auth/otp/${challenge.otpChallengeId}`);
  socket.addEventListener("open", () => socket.send(frame));
  expect(await closed).toBe(1008);
});

test.each([
  ["another path", "/auth", 1006],
  ["another base URL", "/../elsewhere/auth/otp/otp_1", 1006],
  ["a challenge that is not known", "/auth/otp/otp_unknown", 1008],
])("a socket to %s is closed: %s", async (_case, path, code) => {
  expect(await openSocket(startMock(), path).closed).toBe(code);
});

test("a socket behaves as those of the platform do before it is open and after it is closed", async () => {
  const { socket, closed } = openSocket(startMock(), "/auth/otp/otp_1");
  expect(() => socket.send("too early")).toThrow(DOMException);
  socket.close();
  expect(await closed).toBe(1005);
  socket.close();
  socket.send("too late");
  expect(socket.readyState).toBe(3);
});

test("a socket does not read the readyState that a test has replaced", async () => {
  const { challenge, ...started } = await startChallenge();
  const { socket, closed } = openSocket(started, `/auth/otp/${challenge.otpChallengeId}`);
  Object.defineProperty(socket, "readyState", { get: () => expect.fail("not to be read") });
  socket.addEventListener("open", () => socket.close(1000));
  expect(await closed).toBe(1000);
});
