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

/** Which methods may be sent again: the server cannot have acted, it may have, or sending again would change nothing. */
type Repeatable = "every method" | "idempotent methods" | "no method";

interface Failure {
  readonly name: string;
  readonly answer: Answer;
  readonly repeatable: Repeatable;
  readonly code: RolloutErrorCode;
  readonly mayHaveSucceeded: boolean;
}

const halfAnswer = answerBytes(200, '{"id":"made-up"}').subarray(0, -4);

const failures: Failure[] = [
  ...[400, 409, 501].map((status) => statusFailure(status, "no method")),
  ...[408, 500, 502, 503, 504].map((status) => statusFailure(status, "idempotent methods")),
  statusFailure(500, "idempotent methods", "0"),
  statusFailure(503, "idempotent methods", "soon"),
  statusFailure(429, "every method"),
  statusFailure(429, "every method", "0"),
  statusFailure(503, "every method", "0"),
  statusFailure(503, "every method", "Sun, 06 Nov 1994 08:49:37 GMT"),
  connectionFailure("reset before the headers", writeAndReset()),
  connectionFailure("closed before the headers", writeAndClose("")),
  connectionFailure("reset within the headers", writeAndReset(halfAnswer.subarray(0, 30))),
  connectionFailure("closed within the headers", writeAndClose(halfAnswer.subarray(0, 30))),
  connectionFailure("reset within the body", writeAndReset(halfAnswer)),
  connectionFailure("closed within the body", writeAndClose(halfAnswer)),
  connectionFailure("an answer that is not HTTP", write("SSH-2.0-OpenSSH_9.2\r\n")),
];

const timeouts: { name: string; answer: Answer }[] = [
  { name: "no answer in time", answer: hang },
  { name: "a stalled body", answer: write(halfAnswer) },
];

const options: { name: string; client?: RetryOptions; call?: RetryOptions; retries: number }[] = [
  { name: "by default", retries: 2 },
  { name: "with retry: false", client: false, retries: 0 },
  { name: "with a limit of 0", client: { limit: 0 }, retries: 0 },
  { name: "with a limit of 1", client: { limit: 1 }, retries: 1 },
  { name: "with retry: false for the call alone", call: false, retries: 0 },
  { name: "with a limit of 1 for the call alone", client: false, call: { limit: 1 }, retries: 1 },
];

function statusFailure(status: number, repeatable: Repeatable, retryAfter?: string): Failure {
  const codes: Record<number, RolloutErrorCode> = { 400: "bad_request", 409: "conflict", 429: "rate_limited" };
  return {
    name: retryAfter === undefined ? String(status) : `${status} with Retry-After: ${JSON.stringify(retryAfter)}`,
    answer: answer(status, { errors: [] }, retryAfter === undefined ? {} : { "Retry-After": retryAfter }),
    repeatable,
    code: codes[status] ?? (status >= 500 ? "server_error" : "unexpected_status"),
    mayHaveSucceeded: status >= 500,
  };
}

function connectionFailure(name: string, answer: Answer): Failure {
  return { name, answer, repeatable: "idempotent methods", code: "network", mayHaveSucceeded: true };
}

function isRepeatable(method: Method, repeatable: Repeatable): boolean {
  if (repeatable === "idempotent methods") return method !== "POST" && method !== "PATCH";
  return repeatable === "every method";
}

function retryOf({ client, call }: (typeof options)[number]) {
  return [client === undefined ? {} : { retry: client }, call === undefined ? {} : { retry: call }] as const;
}

// Full jitter makes a backoff of nothing when the number drawn is 0.
beforeEach(() => {
  const random = vi.spyOn(Math, "random").mockReturnValue(0);
  return () => random.mockRestore();
});

describe.each(methods)("%s", (method) => {
  describe.each(options)("$name", (option) => {
    const [forClient, forCall] = retryOf(option);

    // An answer to HEAD has no body that could break.
    const possible = failures.filter(({ name }) => method !== "HEAD" || !name.endsWith("within the body"));
    test.each(possible)("$name", async (failure) => {
      const server = await startSocketServer(failure.answer);
      const asked: boolean[] = [];
      const token = ({ refresh }: { refresh: boolean }) => `token-${asked.push(refresh)}`;
      const sent = isRepeatable(method, failure.repeatable) ? 1 + option.retries : 1;
      await expect(callThings({ baseUrl: server.url, token, ...forClient }, method, forCall)).rejects.toMatchObject({
        code: failure.code,
        attempts: sent,
        mayHaveSucceeded: failure.mayHaveSucceeded,
      });
      expect(server.requests.map((request) => request.method)).toEqual(Array(sent).fill(method));
      expect(server.requests.map((request) => request.body)).toEqual(Array(sent).fill(bodyOf(method)));
      expect(server.requests.map((request) => request.token)).toEqual(asked.map((_, index) => `token-${index + 1}`));
      expect(asked).toEqual(Array(sent).fill(false));
    });

    test.each(timeouts.filter(({ name }) => method !== "HEAD" || name === "no answer in time"))(
      "$name",
      async (failure) => {
        vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
        onTestFinished(() => void vi.useRealTimers());
        const server = await startSocketServer(failure.answer);
        const sent = isRepeatable(method, "idempotent methods") ? 1 + option.retries : 1;
        const call = callThings({ baseUrl: server.url, token: "made-up", timeout: 900, ...forClient }, method, forCall);
        const rejection = expect(call).rejects.toMatchObject({
          code: "timeout",
          attempts: sent,
          mayHaveSucceeded: true,
        });
        for (let count = 1; count <= sent; count += 1) {
          await server.received(count);
          await vi.advanceTimersByTimeAsync(1_000);
        }
        await rejection;
        expect(server.requests.map((request) => request.body)).toEqual(Array(sent).fill(bodyOf(method)));
      },
    );

    test("nobody listens", async () => {
      const baseUrl = `http://127.0.0.1:${await closedPort()}`;
      await expect(callThings({ baseUrl, token: "made-up", ...forClient }, method, forCall)).rejects.toMatchObject({
        code: "network",
        attempts: 1 + option.retries,
        mayHaveSucceeded: false,
      });
    });

    test("a TLS handshake that is answered in plain text", async () => {
      let handshakes = 0;
      const { port } = await startRawServer((socket) => {
        handshakes += 1;
        socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
      });
      const baseUrl = `https://127.0.0.1:${port}`;
      await expect(callThings({ baseUrl, token: "made-up", ...forClient }, method, forCall)).rejects.toMatchObject({
        code: "network",
        attempts: 1 + option.retries,
        mayHaveSucceeded: false,
      });
      expect(handshakes).toBe(1 + option.retries);
    });
  });
});
