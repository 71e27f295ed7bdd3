import type { RetryOptions, RolloutErrorCode } from "rollout-client";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import {
  type Answer,
  answer,
  answerBytes,
  closedPort,
  hang,
  startRawServer,
  startSocketServer,
  write,
  writeAndClose,
  writeAndReset,
} from "../support/socket-server.ts";
import { bodyOf, callThings, type Method, methods } from "../support/things.ts";

/** Which methods are retried. */
type Retried = "every method" | "idempotent methods" | "no method";

interface Failure {
  readonly name: string;
  readonly answer: Answer;
  readonly retried: Retried;
  readonly code: RolloutErrorCode;
  readonly mayHaveSucceeded: boolean;
}

const half = answerBytes(200, '{"id":"made-up"}').subarray(0, -4);

const failures: readonly Failure[] = [
  ...[400, 409, 501].map((status) => statusFailure(status, "no method")),
  ...[408, 500, 502, 503, 504].map((status) => statusFailure(status, "idempotent methods")),
  statusFailure(500, "idempotent methods", "0"),
  statusFailure(503, "idempotent methods", "soon"),
  statusFailure(429, "every method"),
  statusFailure(429, "every method", "0"),
  statusFailure(503, "every method", "0"),
  statusFailure(503, "every method", "Sun, 06 Nov 1994 08:49:37 GMT"),
  connectionFailure("a reset before the headers", writeAndReset()),
  connectionFailure("a close before the headers", writeAndClose("")),
  connectionFailure("a reset within the headers", writeAndReset(half.subarray(0, 30))),
  connectionFailure("a close within the headers", writeAndClose(half.subarray(0, 30))),
  connectionFailure("a reset within the body", writeAndReset(half)),
  connectionFailure("a close within the body", writeAndClose(half)),
  connectionFailure("a response that is not HTTP", write("SSH-2.0-OpenSSH_9.2\r\n")),
];

const options: readonly { name: string; client?: RetryOptions; call?: RetryOptions; retries: number }[] = [
  { name: "by default", retries: 2 },
  { name: "with retry: false", client: false, retries: 0 },
  { name: "with a limit of 0", client: { limit: 0 }, retries: 0 },
  { name: "with a limit of 1", client: { limit: 1 }, retries: 1 },
  { name: "with retry: false for the call alone", call: false, retries: 0 },
  { name: "with a limit of 1 for the call alone", client: false, call: { limit: 1 }, retries: 1 },
  {
    name: "with the limit of the client, for a call that sets maxDelay",
    client: { limit: 1 },
    call: { maxDelay: 9 },
    retries: 1,
  },
];

function statusFailure(status: number, retried: Retried, retryAfter?: string): Failure {
  const codes: Record<number, RolloutErrorCode> = { 400: "bad_request", 409: "conflict", 429: "rate_limited" };
  return {
    name: retryAfter === undefined ? `a ${status}` : `a ${status} with Retry-After: ${retryAfter}`,
    answer: answer(status, { errors: [] }, retryAfter === undefined ? {} : { "Retry-After": retryAfter }),
    retried,
    code: codes[status] ?? (status >= 500 ? "server_error" : "unexpected_status"),
    mayHaveSucceeded: status >= 500,
  };
}

function connectionFailure(name: string, answer: Answer): Failure {
  return { name, answer, retried: "idempotent methods", code: "network", mayHaveSucceeded: true };
}

function attemptsOf(method: Method, retried: Retried, retries = 2): number {
  const isRetried = retried === "every method" || (retried === "idempotent methods" && !/^P(?:OST|ATCH)$/.test(method));
  return isRetried ? 1 + retries : 1;
}

// With 0, full jitter makes each backoff 0.
beforeEach(() => {
  const random = vi.spyOn(Math, "random").mockReturnValue(0);
  return () => random.mockRestore();
});

describe.each(methods)("%s", (method) => {
  // The response to a HEAD has no body that could break.
  const possible = failures.filter(({ name }) => method !== "HEAD" || !name.endsWith("within the body"));
  test.each(possible)("after $name: $retried retried", async ({ answer, retried, code, mayHaveSucceeded }) => {
    const server = await startSocketServer(answer);
    const asked: boolean[] = [];
    const token = ({ refresh }: { refresh: boolean }) => `token-${asked.push(refresh)}`;
    const attempts = attemptsOf(method, retried);
    const call = callThings({ baseUrl: server.url, token }, method);
    await expect(call).rejects.toMatchObject({ code, attempts, mayHaveSucceeded });
    expect(server.requests.map((request) => request.method)).toEqual(Array(attempts).fill(method));
    expect(server.requests.map((request) => request.body)).toEqual(Array(attempts).fill(bodyOf(method)));
    expect(server.requests.map((request) => request.token)).toEqual(asked.map((_, index) => `token-${index + 1}`));
    expect(asked).toEqual(Array(attempts).fill(false));
  });

  test.each([
    { name: "no response in time", answer: hang },
    ...(method === "HEAD" ? [] : [{ name: "a stalled body", answer: write(half) }]),
  ])("after $name: idempotent methods retried", async ({ answer }) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const server = await startSocketServer(answer);
    const attempts = attemptsOf(method, "idempotent methods");
    const call = callThings({ baseUrl: server.url, token: "made-up", timeout: 900 }, method);
    const rejection = expect(call).rejects.toMatchObject({ code: "timeout", attempts, mayHaveSucceeded: true });
    for (let count = 1; count <= attempts; count += 1) {
      await server.received(count);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    await rejection;
    expect(server.requests.map((request) => request.body)).toEqual(Array(attempts).fill(bodyOf(method)));
  });

  test("after a refused connection: every method retried", async () => {
    const call = callThings({ baseUrl: `http://127.0.0.1:${await closedPort()}`, token: "made-up" }, method);
    await expect(call).rejects.toMatchObject({ code: "network", attempts: 3, mayHaveSucceeded: false });
  });

  test("after a TLS handshake with a server of plain text: every method retried", async () => {
    let handshakes = 0;
    const { port } = await startRawServer((socket) => {
      handshakes += 1;
      socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    });
    const call = callThings({ baseUrl: `https://127.0.0.1:${port}`, token: "made-up" }, method);
    await expect(call).rejects.toMatchObject({ code: "network", attempts: 3, mayHaveSucceeded: false });
    expect(handshakes).toBe(3);
  });

  test.each(options)("is retried $retries times $name", async ({ client, call, retries }) => {
    const server = await startSocketServer(answer(429, {}, { "Retry-After": "0" }));
    const forClient = { baseUrl: server.url, token: "made-up", ...(client === undefined ? {} : { retry: client }) };
    const forCall = call === undefined ? {} : { retry: call };
    await expect(callThings(forClient, method, forCall)).rejects.toMatchObject({ attempts: 1 + retries });
    expect(server.requests).toHaveLength(1 + retries);
  });
});
