import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { createRolloutClient, RolloutApiError } from "rollout-client";
import { describe, expect, test } from "vitest";
import {
  createRedact,
  isSecretHeader,
  type Redact,
  redactBody,
  redactCause,
  redactHeaders,
  secretsInBody,
} from "../../src/errors/redact.ts";
import { rejection } from "../support/rejection.ts";

const redactOf = (...secrets: readonly string[]): Redact => createRedact(() => secrets);
const json = (value: unknown) => JSON.stringify(value);

// Echoes: how a server, or what stands before it, spells a text that it quotes.
const hex = (unit: string, length: number) => unit.charCodeAt(0).toString(16).padStart(length, "0");
const inJson = (text: string) => json(text).slice(1, -1);
const unicode = (unit: string) => `\\u${hex(unit, 4)}`;
const percentAll = (text: string) => text.replace(/[!'()*]/g, (unit) => `%${hex(unit, 2)}`);
const lowercaseEscapes = (text: string) => text.replace(/%../g, (code) => code.toLowerCase());
const NAMED: Readonly<Record<string, string>> = {
  "&": "amp",
  "<": "lt",
  ">": "gt",
  '"': "quot",
  "'": "apos",
  ä: "auml",
};
const named = (text: string) => text.replace(/[&<>"'ä]/g, (unit) => `&${NAMED[unit]};`);
const base64Url = (text: string) => Buffer.from(text).toString("base64url");
const bytes = (text: string) => Buffer.from(text).toString("latin1");

const echoes: Readonly<Record<string, (text: string) => string>> = {
  "as it is": (text) => text,
  JSON: inJson,
  "JSON in JSON in JSON": (text) => inJson(inJson(inJson(text))),
  "json_encode of PHP": (text) =>
    inJson(text)
      .replaceAll("/", "\\/")
      .replace(/[^\0-\x7f]/g, unicode),
  Gson: (text) => inJson(text).replace(/[<>&='\u2028\u2029]/g, unicode),
  "System.Text.Json": (text) =>
    inJson(text)
      .replaceAll('\\"', "\\u0022")
      .replace(/[<>&'+`]|[^\0-\x7f]/g, (unit) => `\\u${hex(unit, 4).toUpperCase()}`),
  "repr of Python bytes": (text) =>
    inJson(bytes(text))
      .replace(/\\u00(..)/g, "\\x$1")
      .replace(/[^\0-\x7f]/g, (unit) => `\\x${hex(unit, 2)}`),
  "a backslash before all symbols": (text) => text.replace(/[!-/:-@[-`{-~]/g, "\\$&"),
  encodeURI: encodeURI,
  encodeURIComponent: encodeURIComponent,
  "RFC 3986": (text) => percentAll(encodeURIComponent(text)),
  "percent escapes in lowercase": (text) => lowercaseEscapes(encodeURIComponent(text)),
  "percent escapes, escaped again": (text) => encodeURIComponent(encodeURIComponent(text)),
  "a form": (text) => new URLSearchParams({ "": text }).toString().slice(1),
  "JSON in a URL": (text) => encodeURIComponent(inJson(text)),
  HTML: named,
  "HTML in HTML": (text) => named(named(text)),
  "HTML in JSON": (text) => inJson(named(text)),
  "decimal entities": (text) => text.replace(/[^\da-z]/giu, (character) => `&#${character.codePointAt(0)};`),
  "hexadecimal entities": (text) =>
    text.replace(/[^\da-z]/giu, (character) => `&#x${character.codePointAt(0)?.toString(16)};`),
  "UTF-8 read as Latin-1": bytes,
  "UTF-8 read as Latin-1 in a URL": (text) => encodeURIComponent(bytes(text)),
  Base64: (text) => btoa(bytes(text)).replaceAll("=", ""),
  "Base64 for URLs": base64Url,
  "Base64 of PHP in JSON": (text) => btoa(bytes(text)).replaceAll("=", "").replaceAll("/", "\\/"),
  "Base64 in a URL": (text) => encodeURIComponent(btoa(bytes(text)).replaceAll("=", "")),
};

// Symbols that the spellings differ in come more often than by chance. A lone half of a surrogate pair is no text.
const character = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(..."\\\"'/+%&<>=;:!~*()[]{}^`|.,@#$?-_ \n\t") },
  { weight: 3, arbitrary: fc.constantFrom(..."abnruxAFU0159") },
  { weight: 1, arbitrary: fc.constantFrom(..."äéßñ€😀中") },
  { weight: 1, arbitrary: fc.string({ unit: "binary", minLength: 1, maxLength: 1 }) },
);
const secret = fc.string({ unit: character, minLength: 8, maxLength: 40 });
// The backslash of an escape is no part of the secret.
const REDACTED = /^no: "(\\|%5C)*\[redacted\](\\|%5C)*", $/;

describe.each(Object.entries(echoes))("an echo of a secret in %s", (_name, echo) => {
  test("is redacted, in text and in JSON", () => {
    fc.assert(
      fc.property(secret, (text) => {
        const redact = redactOf(text);
        const quote = `no: "${echo(text)}", `;
        expect(redactBody(quote, redact)).toMatch(REDACTED);
        expect(JSON.parse(redactBody(json([quote]), redact))).toEqual([expect.stringMatching(REDACTED)]);
      }),
      { numRuns: 200 },
    );
  });
});

test.each<[string, readonly string[], string, string]>([
  ["each secret, however often it occurs", ["a first", "second one"], "a first, xsecond onex", "R, xRx"],
  ["a short secret as a whole word only", ["usa"], "usage for usa, USA and (usa)", "usage for R, USA and (R)"],
  [
    "a short secret between escapes",
    ["usa"],
    '%22usa%22 a\\nusa "\\u00e9usa" &quot;usa&quot;',
    '%22R%22 a\\nR "\\u00e9R" &quot;R&quot;',
  ],
  ["a secret of eight characters inside of words", ["1234567", "12345678"], "a1234567 a12345678", "a1234567 aR"],
  ["a short secret between letters beyond ASCII", ["a+b"], "x a+b, é a+bé", "x R, é a+bé"],
  ["the shorter of two secrets at the end", ["secret", "secret-and-more"], "a secret", "a R"],
  ["the longer of two secrets", ["secret", "secret-and-more"], "a secret-and-more b", "a R b"],
  ["two secrets that overlap", ["abcdefgh", "efghijkl"], "abcdefghijkl", "R"],
  ["a secret without the white space around it", [" \tsecret\n"], "a secret, or \tsecret\n.", "a R, orR."],
  ["nothing of fewer than three characters", ["", "a", "no"], "a word is no secret", "a word is no secret"],
  ["secrets that are parts of the placeholder", ["[redacted]", "redacted", "red"], "red [redacted]", "R R"],
  ["what looks like an escape in a secret", ["100%41&amp;\\n"], "100%2541&amp;amp;\\\\n, 100%41&amp;\\n", "R, R"],
  [
    "a secret in the Base64 of a longer text",
    ["correct horse"],
    `Basic ${btoa("user:correct horse!")}`,
    "Basic dXNlcjpRIQ==",
  ],
  ["a JWT that the call never had", [], '"eyJhbGci.eyJzdWIi.c2ln-_" (eyJhbGci.eyJzdWIi.)', '"R" (R)'],
  ["a JWT with spaces in its JSON", [], `${base64Url('{ "alg": 1 }')}.${base64Url('{\n"a": 1 }')}.c2ln.`, "R."],
  ["a JWT with a line break in its JSON", [], `${base64Url('{\n  "alg": 12}')}.e30.c2ln`, "R"],
  ["a JWT behind an escape", [], "Bearer%20eyJhbGci.eyJzdWIi.c2ln \\neyJhbGci.eyJzdWIi.c2ln", "Bearer%20R \\nR"],
  ["a JWE", [], "eyJhbGci.a-b.c.d_e.f, eyJhbGci..c.d_e.f", "R, R"],
  [
    "no word that only begins as a JWT does",
    [],
    "eyJust.a.word, eyJ.eyJ., eyeglasses.eye.ey",
    "eyJust.a.word, eyJ.eyJ., eyeglasses.eye.ey",
  ],
])("a text loses %s", (_name, secrets, text, expected) => {
  expect(redactOf(...secrets)(text)).toBe(expected.replaceAll("R", "[redacted]"));
});

test("backslashes that can be read in two ways take no longer for it", () => {
  const text = '\\"'.repeat(60);
  expect(redactOf(`${text}!`)(`${inJson(text)}?`)).toBe(`${inJson(text)}?`);
});

test("the secrets of a body are the strings and numbers under userInputs and customParams, wherever those are", () => {
  const deep = Array.from({ length: 20 }).reduce<unknown>((inner) => [inner], "deep");
  const shared = { pin: 4829 };
  const body = {
    userInputs: { key: "one", more: [deep, null] },
    list: [{ customParams: { shared } }],
    shared,
    other: "word",
  };
  expect(secretsInBody(body)).toEqual(["one", "deep", "4829"]);
});

test("header names tell whether their values are secrets", () => {
  const secret = "Authorization Proxy-Authorization Cookie X-Api-Key apikey X-CSRF-Token Client-Secret Password".split(
    " ",
  );
  const open = "Accept Content-Type X-Rollout-Credential-Id X-Request-Id User-Agent".split(" ");
  expect([...secret, ...open].filter(isSecretHeader)).toEqual(secret);
});

test.each([
  ["Cookie", "a=first-one; b=second%2Fone", ["a=first-one", "first-one", "second%2Fone", "second/one"]],
  ["Proxy-Authorization", "Basic dXNlcjpzZWNyZXQ=", ["dXNlcjpzZWNyZXQ=", "dXNlcjpzZWNyZXQ%3D"]],
  ["X-Api-Key", "key-of-no=parts", ["key-of-no=parts"]],
])("the parts of the header %s are secrets too", async (name, value, parts) => {
  const fetch = async () => Response.json({ echo: ["Basic a", ...parts] }, { status: 400 });
  const { api } = createRolloutClient({ token: "made-up", fetch });
  const { error } = await api.GET("/credentials", { headers: { [name]: value } });
  expect(error).toEqual({ echo: ["Basic a", ...parts.map(() => "[redacted]")] });
});

test("an error of a response that middleware created has no cookie and no secret", async () => {
  const { credentials, api } = createRolloutClient({ token: "a-token", fetch: async () => Response.json({}) });
  const headers = { "Set-Cookie": "a=1", "X-Echo": "a-token" };
  api.use({ onResponse: () => Response.json({ message: "not a-token" }, { status: 422, headers }) });
  const error = await rejection(credentials.list(), RolloutApiError);
  expect(error).toMatchObject({ body: { message: "not [redacted]" }, errors: [{ message: "not [redacted]" }] });
  expect(Object.fromEntries(error.headers)).toEqual({ "content-type": "application/json", "x-echo": "[redacted]" });
});

describe("a body", () => {
  const redact = redactOf("secret", "482913", "12345678901234567890");

  test.each<[string, string, string]>([
    [
      "keys, strings and numbers",
      '{"secret":["a secret", 482913, 1.50, null], "b":true}',
      '{"R":["a R", "R", 1.50, null], "b":true}',
    ],
    ["a number that is no double", "[12345678901234567890]", '["R"]'],
    ["a prototype", '{"__proto__":{"a":"secret"}}', '{"__proto__":{"a":"R"}}'],
    ["letters that are escaped", '["\\u0073ecret"]', '["R"]'],
    ["JSON that ends too early", '{"a":"secret', '{"a":"R'],
    ["no secret", '{"a": 1.0,  "b":"\\u0077ord"}', '{"a": 1.0,  "b":"\\u0077ord"}'],
    ["nothing", "", ""],
  ])("with %s keeps the rest as it was", (_name, body, expected) => {
    expect(redactBody(body, redact)).toBe(expected.replaceAll("R", "[redacted]"));
  });

  test.each([100, 101, 6_000, 100_000])("that is nested %i levels deep is JSON up to 100, then a text", (levels) => {
    const body = `${"[".repeat(levels)}"secret"${"]".repeat(levels)}`;
    const redacted: unknown = JSON.parse(redactBody(body, redact));
    expect(typeof redacted).toBe(levels > 100 ? "string" : "object");
    expect(json(redacted)).toContain("[redacted]");
  });

  test("keeps the names that an error is made of, even if a secret is the same word", () => {
    const names = ["errors", "error", "message", "errorMessage", "retry-after", "x-request-id"];
    const body = Object.fromEntries(names.map((name) => [name, name]));
    const expected = { ...Object.fromEntries(names.map((name) => [name, "[redacted]"])), "[redacted]": 1 };
    expect(redactBody(json({ ...body, other: 1 }), redactOf(...names, "other"))).toBe(json(expected));
  });
});

test("headers lose secrets and Set-Cookie, but not the names that an error is made of", () => {
  const headers = new Headers([
    ["CF-Ray", "1"],
    ["Date", "today"],
    ["X-Sesame-Open", "1"],
    ["X-Echo", "open sesame"],
    ["Set-Cookie", "a=1"],
  ]);
  expect([...redactHeaders(headers, redactOf("sesame", "date", "ray"))]).toEqual([
    ["cf-ray", "1"],
    ["x-echo", "open [redacted]"],
  ]);
});

test("headers of another library may hold what the platform refuses", () => {
  const foreign = new Headers({ "X-One": "1" });
  const values = [
    ["x-one", "1"],
    ["x-two", "\u20ac"],
    ["x-three", "a\n\0b"],
    ["no name", "1"],
  ] as const;
  foreign.forEach = (call) => {
    for (const [name, value] of values) call(value, name, foreign);
  };
  expect([...redactHeaders(foreign, redactOf())]).toEqual([["x-one", "1"]]);
});

describe("a cause", () => {
  const redact = redactOf("secret");

  test("keeps its name, message, code, stack and causes, and nothing else", () => {
    const cause = Object.assign(new RangeError("a secret", { cause: new TypeError("the secret") }), {
      code: "ERR_secret",
      request: { headers: { authorization: "secret" } },
    });
    const copy = redactCause(cause, redact);
    expect(copy).toMatchObject({ name: "RangeError", message: "a [redacted]", code: "ERR_[redacted]" });
    expect(copy.cause).toMatchObject({ name: "TypeError", message: "the [redacted]" });
    expect(copy.stack).toMatch(/^RangeError: a \[redacted\]\n {4}at /);
    expect(Reflect.ownKeys(copy).sort()).toEqual(["cause", "code", "message", "name", "stack"]);
  });

  test("in a circle ends after five causes", () => {
    const cause = new Error("secret");
    cause.cause = cause;
    const messages: string[] = [];
    for (let error: unknown = redactCause(cause, redact); error instanceof Error; error = error.cause) {
      messages.push(error.message);
    }
    expect(messages).toEqual(Array(6).fill("[redacted]"));
  });

  const unreadable = Object.defineProperty({}, "message", {
    get() {
      throw new Error("secret");
    },
  });
  test.each<[string, unknown, string]>([
    ["a string", "no secret", "no [redacted]"],
    ["an object", { secret: "secret" }, "a thrown object"],
    ["null", null, "a thrown null"],
    ["a symbol", Symbol("secret"), "a thrown symbol"],
    ["an error of another realm", runInNewContext('new TypeError("a secret")'), "a [redacted]"],
    ["a DOMException", new DOMException("a secret", "AbortError"), "a [redacted]"],
    ["unreadable", unreadable, "a thrown object"],
  ])("may be %s", (_name, thrown, message) => expect(redactCause(thrown, redact).message).toBe(message));
});

test("where the secrets cannot be read, nothing of a text is shown", () => {
  const redact = createRedact(() => {
    throw new TypeError("no secrets");
  });
  expect(redact("a secret")).toBe("[redacted]");
});
