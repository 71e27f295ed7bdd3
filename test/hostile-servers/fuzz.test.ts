import process from "node:process";
import fc from "fast-check";
import { createRolloutClient } from "rollout-client";
import { expect, test } from "vitest";
import { startSocketServer } from "../support/servers.ts";
import { leaks, plantedInput, plantedList, plantedPassword, plantedToken } from "./planted-secrets.ts";
import { spellings } from "./spellings.ts";

// Enough for an ordinary run. A search sets more: FUZZ_RUNS=100000.
const { FUZZ_RUNS = "1000" } = process.env;
const RUNS = Number(FUZZ_RUNS);

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

/** A response as a server may send it, however strange. */
interface FuzzedResponse {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array<ArrayBuffer>;
  /** Whether the connection breaks after the body. */
  readonly breaks: boolean;
}

/** A secret as a server may write it. */
const echo = fc
  .tuple(
    fc.constantFrom(plantedToken, plantedPassword, ...plantedList),
    fc.constantFrom<(text: string) => string>(...Object.values(spellings)),
  )
  .map(([secret, write]) => write(secret));

const text = fc.oneof(fc.string({ unit: "binary" }), fc.string(), echo, fc.constant(""));

const credential = fc.record(
  { id: fc.oneof({ weight: 4, arbitrary: text }, fc.constant(null)), otpChallengeId: fc.constant(null) },
  { requiredKeys: ["id"] },
);
const challenge = fc.record(
  { otpChallengeId: text, message: text, titleHTML: text, action: fc.constant("OTP_REQUEST"), id: fc.integer() },
  { requiredKeys: ["otpChallengeId", "message"] },
);
const errors = fc.oneof(
  fc.record({ errors: fc.array(fc.oneof(fc.record({ message: text }), fc.jsonValue())) }),
  fc.record({ errorMessage: text, echo: fc.array(text) }),
  fc.dictionary(text, text),
);
const json = fc
  .oneof({ weight: 3, arbitrary: credential }, { weight: 2, arbitrary: challenge }, errors, fc.jsonValue(), echo)
  .map((value) => JSON.stringify(value));

const body = fc.oneof(
  { weight: 5, arbitrary: json.map((value) => Buffer.from(value)) },
  { weight: 1, arbitrary: fc.tuple(json, fc.nat(50)).map(([value, cut]) => Buffer.from(value).subarray(0, -cut)) },
  { weight: 1, arbitrary: json.map((value) => Buffer.from(`\ufeff${value}`)) },
  { weight: 1, arbitrary: text.map((value) => Buffer.from(value)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
);

// What a header can hold: the bytes of a text without control characters.
const headerValue = fc.oneof(fc.string(), echo, fc.string({ unit: "binary" })).map((value) =>
  Buffer.from(value.replace(/\p{Cc}/gu, ""))
    .toString("latin1")
    .replace(/[^\t -~\x80-\xff]/g, ""),
);

const header = fc.oneof(
  fc.tuple(
    fc.constantFrom("X-Echo", "X-Request-Id", "CF-Ray", "Location", "Set-Cookie", "Content-Type", "Warning"),
    headerValue,
  ),
  fc.tuple(
    fc.constant("Retry-After"),
    fc.constantFrom("0", "1", "soon", "-1", "Sun, 06 Nov 1994 08:49:37 GMT", "9".repeat(400), plantedToken),
  ),
);

const status = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(200, 201, 299) },
  { weight: 4, arbitrary: fc.constantFrom(204, 205, 302, 304, 400, 401, 403, 404, 409, 422, 429, 500, 503) },
  // Two statuses never come out of the platform's fetch (Fetch Standard, section 4.6): it makes an error of 407, and sends
  // the request once more after the first 421.
  { weight: 1, arbitrary: fc.integer({ min: 200, max: 999 }).filter((drawn) => drawn !== 407 && drawn !== 421) },
);

/** Any response that can be written as HTTP, more often than not one that is close to a good one. */
const fuzzedResponse: fc.Arbitrary<FuzzedResponse> = fc.record({
  status,
  headers: fc.uniqueArray(header, { maxLength: 5, selector: ([name]) => name.toLowerCase() }),
  body: body.map((bytes) => Uint8Array.from(bytes)),
  breaks: fc.nat(3).map((drawn) => drawn === 0),
});

/** Where a body is cut into the pieces that arrive one by one. */
const cuts = fc.array(fc.nat(300), { maxLength: 6 });

/** Cuts a body into pieces; empty ones come along. */
function piecesOf(bytes: Uint8Array<ArrayBuffer>, positions: readonly number[]): Uint8Array<ArrayBuffer>[] {
  const ends = [...positions].sort((left, right) => left - right);
  return [...ends, bytes.length].map((end, index) => bytes.slice(index === 0 ? 0 : ends[index - 1], end));
}

/** What the README promises for this response to `credentials.create`: a value, or an error. */
function expectationFor(fuzzed: FuzzedResponse): { readonly value: unknown } | { readonly error: object } {
  const { status, body, breaks } = fuzzed;
  const call = { method: "POST", path: "/credentials", mayHaveSucceeded: true };
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
    retry: { limit: 1, maxDelay: 0 },
    rateLimiter: false,
    ...options,
  });
  const outcome = await credentials.create(plantedInput).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  const expected = expectationFor(fuzzed);
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

// Twenty milliseconds for a run.
const timeout = 600_000 + 20 * RUNS;

test("whatever a fetch returns, the outcome is as promised and shows no secret", { timeout }, async () => {
  const property = fc.asyncProperty(fuzzedResponse, cuts, (fuzzed, positions) =>
    check(fuzzed, { fetch: async () => responseOf(fuzzed, positions) }),
  );
  await fc.assert(property, { numRuns: RUNS });
});

test("whatever a real server sends, the outcome is as promised and shows no secret", { timeout }, async () => {
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
