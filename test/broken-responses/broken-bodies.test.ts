import { gzipSync } from "node:zlib";
import {
  createRolloutClient,
  RolloutApiError,
  type RolloutApiOptions,
  RolloutNetworkError,
  RolloutResponseError,
} from "rollout-client";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";
import { type Answer, answer, answerBytes, startSocketServer, write } from "../support/socket-server.ts";
import { callThings } from "../support/things.ts";

const LIMIT = 10 * 1024 * 1024;

type Call = (options: Omit<RolloutApiOptions, "token">) => Promise<unknown>;

const callers: [string, Call][] = [
  [
    "credentials.create",
    (options) =>
      createRolloutClient({ token: "made-up", ...options }).credentials.create({ appKey: "gmail", userInputs: {} }),
  ],
  ["api.POST", (options) => callThings({ token: "made-up", ...options }, "POST")],
];

function unfinished(status: number): Answer {
  return write(answerBytes(status, '{"id"', { "Content-Length": "1000", "X-Marker": "kept" }));
}

/** A `fetch` that says when the head of an answer has come. */
function afterHead(then: () => void) {
  return async (url: string, init: RequestInit): Promise<Response> => {
    const response = await fetch(url, init);
    then();
    return response;
  };
}

describe.each(callers)("%s", (_name, call) => {
  describe("a connection that is reset within the body", () => {
    async function resetWithinBody(status: number): Promise<unknown> {
      let reset = (): void => {};
      const { url } = await startSocketServer((socket, request) => {
        unfinished(status)(socket, request);
        reset = () => socket.resetAndDestroy();
      });
      return call({ baseUrl: url, fetch: afterHead(() => reset()) });
    }

    test("of a success is a network failure", async () => {
      const error = await rejection(resetWithinBody(200), RolloutNetworkError);
      expect(error).toMatchObject({ code: "network", attempts: 1, mayHaveSucceeded: true, cause: expect.any(Error) });
    });

    test.each([
      [500, "server_error", true],
      [400, "bad_request", false],
    ])("of a %i is the cause of what the status says", async (status, code, mayHaveSucceeded) => {
      const error = await rejection(resetWithinBody(status), RolloutApiError);
      expect(error).toMatchObject({ code, status, body: undefined, mayHaveSucceeded, cause: expect.any(Error) });
      expect(error.headers.get("x-marker")).toBe("kept");
    });
  });

  describe("a body that stalls", () => {
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      return () => vi.useRealTimers();
    });

    async function stall(status: number): Promise<unknown> {
      const server = await startSocketServer(unfinished(status));
      // The default timeout is two minutes, and has to cover the body too.
      const fetch = afterHead(() => setImmediate(() => vi.advanceTimersByTime(120_000)));
      try {
        return await call({ baseUrl: server.url, fetch });
      } finally {
        await server.closed();
      }
    }

    test("ends a success by the timeout, and its connection", async () => {
      const error = await rejection(stall(200), RolloutNetworkError);
      expect(error).toMatchObject({ code: "timeout", attempts: 1, mayHaveSucceeded: true, cause: expect.any(Error) });
      expect(error.message).toContain("within 120000 ms");
    });

    test("is the cause of what the status of an error says", async () => {
      const error = await rejection(stall(400), RolloutApiError);
      expect(error).toMatchObject({ code: "bad_request", body: undefined, mayHaveSucceeded: false });
      expect(error.cause).toHaveProperty("message", expect.stringContaining("120000 ms"));
      expect(error.headers.get("x-marker")).toBe("kept");
    });
  });

  describe("a body longer than the limit", () => {
    const tooLong = "x".repeat(101);
    const limit = { maxResponseBytes: 100 };

    test("of a success is an invalid response", async () => {
      const { url } = await startSocketServer(answer(200, tooLong, { "X-Marker": "kept" }));
      const error = await rejection(call({ baseUrl: url, ...limit }), RolloutResponseError);
      expect(error).toMatchObject({ code: "invalid_response", status: 200, mayHaveSucceeded: true });
      expect(error.cause).toHaveProperty("message", "the body is longer than 100 bytes");
      expect(error.headers.get("x-marker")).toBe("kept");
    });

    test("of an error is the cause of what the status says", async () => {
      const { url } = await startSocketServer(answer(400, tooLong, { "X-Marker": "kept" }));
      const error = await rejection(call({ baseUrl: url, ...limit }), RolloutApiError);
      expect(error).toMatchObject({ code: "bad_request", body: undefined, errors: [], mayHaveSucceeded: false });
      expect(error.cause).toHaveProperty("message", "the body is longer than 100 bytes");
    });

    test("is measured when it is decoded", async () => {
      const { url } = await startSocketServer(
        answer(200, gzipSync("x".repeat(10_000)), { "Content-Encoding": "gzip" }),
      );
      const error = await rejection(call({ baseUrl: url, ...limit }), RolloutResponseError);
      expect(error.cause).toHaveProperty("message", "the body is longer than 100 bytes");
    });

    test("is not read to its end, which may never come", async () => {
      const server = await startSocketServer((socket) => {
        const goOn = (): void => {
          if (!socket.destroyed) socket.write("a\r\n0123456789\r\n", goOn);
        };
        socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", goOn);
      });
      await rejection(call({ baseUrl: server.url, ...limit }), RolloutResponseError);
      await server.closed();
    });
  });
});

test("an answer may be 10 MiB long by default, and not a byte longer", async () => {
  const exactly = `"${"x".repeat(LIMIT - 2)}"`;
  const server = await startSocketServer(answer(200, exactly), answer(200, `${exactly} `), answer(400, `${exactly} `));
  const options = { baseUrl: server.url, token: "made-up" };
  await expect(callThings(options, "POST")).resolves.toHaveLength(LIMIT - 2);
  await expect(callThings(options, "POST")).rejects.toMatchObject({ code: "invalid_response" });
  await expect(callThings(options, "POST")).rejects.toMatchObject({ code: "bad_request", body: undefined });
});
