import fc from "fast-check";
import { createRolloutClient, RolloutCallError, type RolloutClient } from "rollout-client";
import { describe, expect, test } from "vitest";
import { leaks, plantedInput, plantedToken } from "../secrets/planted-secrets.ts";
import { startSocketServer } from "../support/socket-server.ts";
import { type Expectation, expectationFor, type FuzzedAnswer } from "./fuzz-oracle.ts";
import { cuts, fuzzedAnswer, piecesOf } from "./fuzz-responses.ts";

const retry = { limit: 1, maxDelay: 0 };

function responseOf({ status, headers, body, breaks }: FuzzedAnswer, positions: readonly number[]): Response {
  const pieces = piecesOf(body, positions);
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = pieces.shift();
      if (piece !== undefined) controller.enqueue(piece);
      else if (breaks) controller.error(new TypeError("terminated", { cause: new Error(`lost ${plantedToken}`) }));
      else controller.close();
    },
  });
  const hasBody = ![204, 205, 304].includes(status);
  const response = new Response(hasBody ? stream : null, {
    status: Math.min(status, 599),
    headers: headers.map(([name, value]): [string, string] => [name, value]),
  });
  // Servers know more statuses than the constructor of Response does.
  return Object.defineProperties(response, {
    status: { value: status },
    ok: { value: status >= 200 && status <= 299 },
  });
}

/** Everything that a caller can see of a call. */
interface Seen {
  readonly outcome: { readonly value: unknown } | { readonly error: unknown };
  readonly lines: readonly string[];
}

async function see(client: RolloutClient, lines: string[]): Promise<Seen> {
  try {
    return { outcome: { value: await client.credentials.create(plantedInput) }, lines };
  } catch (error) {
    return { outcome: { error }, lines };
  }
}

function judge({ outcome, lines }: Seen, expected: Expectation): void {
  if (expected.outcome === "value") {
    // What a success says is the caller's own business; only its path and its status are in the log.
    expect(outcome).toEqual({ value: expected.value });
    expect(leaks(lines)).toEqual([]);
    return;
  }
  const { outcome: _outcome, status, ...promised } = expected;
  expect(outcome).toHaveProperty("error");
  if (!("error" in outcome)) return;
  expect(outcome.error).toBeInstanceOf(RolloutCallError);
  expect(outcome.error).toMatchObject({ ...promised, method: "POST", path: "/credentials" });
  if (status !== undefined) expect(outcome.error).toMatchObject({ status, headers: expect.any(Headers) });
  expect(lines).toHaveLength(promised.attempts);
  expect(leaks(outcome.error, lines)).toEqual([]);
}

function noting(): { lines: string[]; logger: { debug(line: string): void; warn(line: string): void } } {
  const lines: string[] = [];
  const note = (line: string): void => void lines.push(line);
  return { lines, logger: { debug: note, warn: note } };
}

describe("whatever a server answers, the promises hold", () => {
  test("of its content, in 10,000 answers", { timeout: 120_000 }, async () => {
    const property = fc.asyncProperty(fuzzedAnswer, cuts, async (answer, positions) => {
      const { lines, logger } = noting();
      const fetch = async () => responseOf(answer, positions);
      const seen = await see(
        createRolloutClient({ token: plantedToken, fetch, logger, retry, rateLimiter: false }),
        lines,
      );
      judge(seen, expectationFor(answer, retry.limit));
    });
    await fc.assert(property, { numRuns: 10_000 });
  });

  test("on a real connection, in 300 answers", { timeout: 60_000 }, async () => {
    let bytes: Uint8Array[] = [];
    const server = await startSocketServer((socket) => {
      const rest = [...bytes];
      const next = (): void => {
        const piece = rest.shift();
        if (piece === undefined) socket.end();
        else socket.write(piece, () => setImmediate(next));
      };
      next();
    });
    const property = fc.asyncProperty(fuzzedAnswer, cuts, async (answer, positions) => {
      const length = answer.body.length + (answer.breaks ? 1 : 0);
      const head = [
        `HTTP/1.1 ${answer.status} Status`,
        ...answer.headers.map((header) => header.join(": ")),
        `Content-Length: ${length}`,
        "Connection: close",
      ];
      bytes = [
        Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "latin1"),
        ...piecesOf(answer.body, positions).filter((piece) => piece.length > 0),
      ];
      const { lines, logger } = noting();
      const seen = await see(
        createRolloutClient({ token: plantedToken, baseUrl: server.url, logger, retry, rateLimiter: false }),
        lines,
      );
      judge(seen, expectationFor(answer, retry.limit));
    });
    await fc.assert(property, { numRuns: 300 });
  });
});
