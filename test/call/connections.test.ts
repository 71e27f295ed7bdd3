import { runInNewContext } from "node:vm";
import { RolloutError } from "rollout-client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";
import { startRawServer } from "../support/servers.ts";
import { callThings, type Method } from "../support/things.ts";

beforeEach(() => {
  vi.spyOn(Math, "random").mockReturnValue(0);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** What a call rejects with whose `fetch`, the platform's or the option, does this. */
async function failureOf(fetch: () => Promise<Response>, isOption: boolean, method: Method = "POST") {
  if (!isOption) vi.stubGlobal("fetch", fetch);
  const options = { token: "made-up", rateLimiter: false, ...(isOption && { fetch }) } as const;
  const failure = await rejection(callThings(options, method), RolloutError);
  const { code, mayHaveSucceeded } = failure;
  return { code, attempts: "attempts" in failure ? failure.attempts : undefined, mayHaveSucceeded };
}

const UNSENT = { code: "network", attempts: 3, mayHaveSucceeded: false };
const LOST = { code: "network", attempts: 1, mayHaveSucceeded: true };
const TIMEOUT = { code: "timeout", attempts: 1, mayHaveSucceeded: true };
const UNREADABLE = { code: "invalid_response", attempts: 1, mayHaveSucceeded: true };
const UNSENDABLE = { code: "invalid_config", attempts: undefined, mayHaveSucceeded: false };

function systemError(code: unknown, syscall?: string, message = `${syscall ?? "it"} failed`): Error {
  return Object.assign(new Error(message), { code }, syscall === undefined ? {} : { syscall });
}

const tunnel = (status: number) =>
  systemError("UND_ERR_ABORTED", undefined, `Proxy response (${status}) !== 200 when HTTP Tunneling`);
const refused = systemError("ECONNREFUSED", "connect");

/** A cause of the TypeError of Node's fetch, and how a POST ends with it: before and after a response has begun. */
type Row = readonly [name: string, cause: unknown, before: object, within?: object];

const unsentCodes = [
  ...["ECONNREFUSED", "UND_ERR_CONNECT_TIMEOUT", "UND_ERR_PRX_TLS", "CERT_HAS_EXPIRED", "ERR_TLS_CERT_ALTNAME_INVALID"],
  ...["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "DEPTH_ZERO_SELF_SIGNED_CERT", "SELF_SIGNED_CERT_IN_CHAIN"],
  ...["ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE", "ERR_SSL_NO_PROTOCOLS_AVAILABLE"],
];
const unsentLookups = [
  ...["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "EAI_NODATA"].map((code) => [code, "getaddrinfo"] as const),
  ...(["queryA", "queryAaaa"] as const).map((syscall) => ["ESERVFAIL", syscall] as const),
];
const undecodable = ["Z_DATA_ERROR", "ERR__ERROR_FORMAT_PADDING_1", "ERR_BROTLI_INVALID", "ZSTD_error_unknown"];

test.each<Row>([
  ...unsentCodes.map((code): Row => [code, systemError(code), UNSENT]),
  ...unsentLookups.map(([code, syscall]): Row => [`${code} of ${syscall}`, systemError(code, syscall), UNSENT]),
  ["an unreachable host", systemError("EHOSTUNREACH", "connect"), UNSENT],
  ["a peer that leaves before TLS", new Error("socket left before secure TLS connection was established"), UNSENT],
  ["a port that fetch blocks", new Error("bad port"), UNSENT],
  ["a refusal by each address", new AggregateError([refused, systemError("ETIMEDOUT", "connect")]), UNSENT],
  ["a refusal of another realm", runInNewContext("new AggregateError([refused])", { refused }), UNSENT],
  ["a refusal three causes down", new Error("a", { cause: new Error("b", { cause: refused }) }), UNSENT],
  ["a proxy that refuses the tunnel with 502", tunnel(502), UNSENT],
  ["a proxy that wants a password", tunnel(407), { ...UNSENT, attempts: 1 }],
  ["an agent of another undici", systemError("UND_ERR_INVALID_ARG"), UNSENDABLE],
  ["an agent that is none", new TypeError("dispatcher.dispatch is not a function"), UNSENDABLE],
  ["a signal of jsdom, in Node", new TypeError('Expected signal ("…") to be an instance of AbortSignal.'), UNSENDABLE],
  ["a signal of jsdom, elsewhere", new TypeError("member signal is not of type AbortSignal."), UNSENDABLE],
  ["a reset while reading", systemError("ECONNRESET", "read"), LOST],
  ["a host that is lost while reading", systemError("EHOSTUNREACH", "read"), LOST],
  ["a peer that hangs up", systemError("UND_ERR_SOCKET"), LOST],
  ["TLS that ends with an internal error", systemError("ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR"), LOST],
  ["TLS that wants a certificate late", systemError("ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"), LOST],
  ["addresses of which one fails otherwise", new AggregateError([refused, new Error()]), LOST],
  ["no addresses", new AggregateError([]), LOST],
  ["a code that is a number", systemError(7), LOST],
  ["null", null, LOST],
  ["nothing", undefined, LOST],
  ["the platform's limit for headers", systemError("UND_ERR_HEADERS_TIMEOUT"), TIMEOUT, TIMEOUT],
  ["the platform's limit for the body", systemError("UND_ERR_BODY_TIMEOUT"), TIMEOUT, TIMEOUT],
  ...undecodable.map((code): Row => [code, systemError(code), LOST, UNREADABLE]),
])("a POST ends as its connection did: %s", async (_case, cause, before, within = LOST) => {
  const thrown = new TypeError("fetch failed", { cause });
  const broken = () => new Response(new ReadableStream({ pull: () => Promise.reject(thrown) }));
  expect(await failureOf(() => Promise.reject(thrown), false)).toEqual(before);
  expect(await failureOf(async () => broken(), false)).toEqual(within);
});

test.each([
  ["a garbled stream", "ERR_SSL_WRONG_VERSION_NUMBER", LOST],
  ["a refused connection", "ECONNREFUSED", UNSENT],
])("a POST by a fetch of the caller's ends as its connection did: %s", async (_case, code, expected) => {
  const thrown = new TypeError("fetch failed", { cause: systemError(code) });
  expect(await failureOf(() => Promise.reject(thrown), true)).toEqual(expected);
});

test.each([new ReferenceError("agent is not defined"), systemError("ERR_INVALID_URL"), "no session", undefined])(
  "a fetch option that throws %s may have sent the request",
  async (thrown) => {
    expect(await failureOf(() => Promise.reject(thrown), true)).toEqual(LOST);
    expect(await failureOf(() => Promise.reject(thrown), true, "GET")).toEqual({ ...LOST, attempts: 3 });
  },
);

/** A fatal alert of TLS: the type of the record, version, length, level and reason. */
const alert = (reason: number) => Buffer.from([21, 3, 3, 0, 2, 2, reason]);
// A handshake record with a ServerHello for TLS 1.0: version, random, no session, a cipher suite, no compression.
const oldVersion = Buffer.from([22, 3, 3, 0, 42, 2, 0, 0, 38, 3, 1, ...Array<number>(32).fill(0), 0, 0xc0, 0x2f, 0]);

test.each([
  ["closed", Buffer.alloc(0)],
  ["continued in plain text", Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")],
  ["refused: nothing in common", alert(40)],
  ["refused: unknown host", alert(112)],
  ["refused: protocol version", alert(70)],
  ["continued with an old version", oldVersion],
])("a POST whose TLS handshake is %s was not sent", async (_case, bytes) => {
  const { port } = await startRawServer((socket) => {
    socket.once("data", () => socket.end(bytes));
  });
  const call = callThings({ baseUrl: `https://127.0.0.1:${port}`, token: "made-up", retry: false }, "POST");
  expect(await rejection(call, RolloutError)).toMatchObject({ ...UNSENT, attempts: 1 });
});
