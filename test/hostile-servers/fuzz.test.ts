import process from "node:process";
import fc from "fast-check";
import { createRolloutClient } from "rollout-client";
import { describe, expect, test } from "vitest";
import { startSocketServer } from "../support/servers.ts";
import { cuts, type FuzzedResponse, fuzzedResponse, piecesOf } from "./fuzz-responses.ts";
import { leaks, plantedInput, plantedToken } from "./planted-secrets.ts";
import { spellings } from "./spellings.ts";

// Enough for an ordinary run. A search sets more: FUZZ_RUNS=100000.
const { FUZZ_RUNS = "1000" } = process.env;
const RUNS = Number(FUZZ_RUNS);
const MAX_RETRIES = 1;

/** Written out again on purpose: a mistake in `src/` must fail a test. */
const STATUS_CODES: Readonly<Record<number, string>> = {
  400: "bad_request",
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  422: "bad_request",
  429: "rate_limited",
};

/** How often a POST is sent when each response is this one and no wait is allowed. */
function attemptsFor({ status, headers }: FuzzedResponse): number {
  const retryAfter = headers.find(([name]) => name === "Retry-After")?.[1].trim() ?? "";
  const isNumber = /^[0-9]+$/.test(retryAfter);
  const isRetried = status === 429 || (status === 503 && (isNumber || retryAfter.endsWith(" GMT")));
  return isRetried && !(isNumber && Number(retryAfter) > 0) ? MAX_RETRIES + 1 : 1;
}

/** What the README promises for this response to `credentials.create`: a value, or an error. */
function expectationFor(fuzzed: FuzzedResponse): { readonly value: unknown } | { readonly error: object } {
  const { status, body, breaks } = fuzzed;
  const call = { method: "POST", path: "/credentials", attempts: attemptsFor(fuzzed), mayHaveSucceeded: true };
  const response = { ...call, status, headers: expect.any(Headers) };
  if (status >= 300 && status < 400 && status !== 304) {
    return { error: { ...response, name: "RolloutResponseError", code: "redirected" } };
  }
  if (status >= 300) {
    const code = STATUS_CODES[status] ?? (status >= 500 && status < 600 ? "server_error" : "unexpected_status");
    const mayHaveSucceeded = status === 304 || status === 408 || status === 499 || status >= 500;
    return { error: { ...response, name: "RolloutApiError", code, mayHaveSucceeded } };
  }
  const hasBody = status !== 204 && status !== 205;
  if (breaks && hasBody) return { error: { ...call, name: "RolloutNetworkError", code: "network" } };
  const value = hasBody ? parsed(body) : undefined;
  const { id, otpChallengeId } = Object(value);
  if (typeof otpChallengeId === "string" && otpChallengeId !== "") {
    return { value: { message: expect.any(String), ...Object(value) } };
  }
  if (typeof id === "string" && id !== "") return { value };
  return { error: { ...response, name: "RolloutResponseError", code: "invalid_response" } };
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

async function check(fuzzed: FuzzedResponse, options: Partial<Parameters<typeof createRolloutClient>[0]>) {
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  const { credentials } = createRolloutClient({
    token: plantedToken,
    logger: { debug: log, warn: log },
    retry: { limit: MAX_RETRIES, maxDelay: 0 },
    rateLimiter: false,
    ...options,
  });
  const outcome = await credentials.create(plantedInput).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  const expected = expectationFor(fuzzed);
  expect(lines).toHaveLength(attemptsFor(fuzzed));
  if ("value" in expected) {
    expect(outcome).toEqual(expected);
    expect(leaks(lines)).toEqual([]);
  } else {
    expect(outcome).toHaveProperty("error");
    if ("error" in outcome) expect(outcome.error).toMatchObject(expected.error);
    expect(leaks(outcome, lines)).toEqual([]);
  }
}

/** A response as a `fetch` returns it. */
function responseOf({ status, headers, body, breaks }: FuzzedResponse, positions: readonly number[]): Response {
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
  return Object.defineProperties(response, { status: { value: status }, ok: { value: response.ok && status < 300 } });
}

describe("whatever a server responds with, the outcome is as promised and shows no secret:", () => {
  test("as a fetch returns it", { timeout: 600_000 + 20 * RUNS }, async () => {
    const property = fc.asyncProperty(fuzzedResponse, cuts, (fuzzed, positions) =>
      check(fuzzed, { fetch: async () => responseOf(fuzzed, positions) }),
    );
    await fc.assert(property, { numRuns: RUNS });
  });

  test("on a real connection", { timeout: 600_000 + 20 * RUNS }, async () => {
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
    const property = fc.asyncProperty(fuzzedResponse, cuts, async (fuzzed, positions) => {
      const length = fuzzed.body.length + (fuzzed.breaks ? 1 : 0);
      const lines = fuzzed.headers.map((header) => `${header.join(": ")}\r\n`).join("");
      const head = `HTTP/1.1 ${fuzzed.status} Status\r\n${lines}Content-Length: ${length}\r\nConnection: close\r\n\r\n`;
      const pieces = piecesOf(fuzzed.body, positions).filter((piece) => piece.length > 0);
      bytes = [Buffer.from(head, "latin1"), ...pieces];
      await check(fuzzed, { baseUrl: server.url });
    });
    await fc.assert(property, { numRuns: RUNS / 10 });
  });
});

// Symbols that the spellings differ in come more often than by chance. A lone half of a surrogate pair is no text.
const character = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(..."\\\"'/+%&<>=;:!~*()[]{}^`|.,@#$?-_ \n\t") },
  { weight: 3, arbitrary: fc.constantFrom(..."abnruxAFU0159") },
  { weight: 1, arbitrary: fc.constantFrom(..."äéßñ€😀中") },
  { weight: 1, arbitrary: fc.string({ unit: "binary", minLength: 1, maxLength: 1 }) },
);
const anySecret = fc.string({ unit: character, minLength: 8, maxLength: 40 });
// The backslash of an escape is no part of the secret.
const REDACTED = /^no: "(\\|%5C)*\[redacted\](\\|%5C)*", $/;

test.each(Object.entries(spellings))("any secret is redacted when a server echoes it as %s", async (_name, spell) => {
  const property = fc.asyncProperty(anySecret, async (secret) => {
    const quote = `no: "${spell(secret)}", `;
    const responses = [new Response(quote, { status: 400 }), Response.json([quote], { status: 400 })];
    const { api } = createRolloutClient({ token: "made-up", fetch: async () => responses.shift() ?? Response.error() });
    const body = { appKey: "lofty", userInputs: { secret } };
    expect((await api.POST("/credentials", { body })).error).toMatch(REDACTED);
    expect((await api.POST("/credentials", { body })).error).toEqual([expect.stringMatching(REDACTED)]);
  });
  await fc.assert(property, { numRuns: RUNS / 10 });
});

test("every random search has a given seed: none can fail by chance", () => {
  expect(fc.readConfigureGlobal()).toHaveProperty("seed", expect.any(Number));
});
