import { describe, expect, test } from "vitest";
import {
  createRedact,
  type Redact,
  redactBody,
  redactCause,
  redactHeaders,
  userInputValues,
} from "../../src/errors/redact.ts";
import { leaks, plantedSecrets } from "./planted-secrets.ts";

const redactOf = (secrets: readonly string[]): Redact => createRedact(() => secrets);

describe("a text", () => {
  test.each<[string, readonly string[], string, string]>([
    ["each secret, wherever and however often it occurs", ["a first", "second one"], "a first, xsecond onex", "R, xRx"],
    [
      "a short secret as a whole word only",
      ["usa"],
      "usage limit for usa, USA and (usa)",
      "usage limit for R, USA and (R)",
    ],
    ["a secret of eight characters inside of words", ["1234567", "12345678"], "a1234567 a12345678", "a1234567 aR"],
    ["a short secret between letters beyond ASCII", ["a+b"], "x a+b, é a+bé", "x R, é a+bé"],
    ["the longer of two secrets that overlap", ["secret", "secret-and-more"], "a secret-and-more b", "a R b"],
    ["a secret without the white space around it", [" \tsecret\n"], "a secret, or \tsecret\n.", "a R, orR."],
    ["nothing of fewer than three characters", ["", "a", "no"], "a word is no secret", "a word is no secret"],
    ["secrets that are parts of the placeholder", ["[redacted]", "redacted", "red", "cte"], "red [redacted]", "R R"],
    ["a JWT that was never given to us", [], '"eyJhbGci.eyJzdWIi.c2ln-_" (eyJhbGci.eyJzdWIi.)', '"R" (R)'],
    ["no word that only begins as a JWT does", [], "eyJust.a.word, eyJ.eyJ.", "eyJust.a.word, eyJ.eyJ."],
  ])("loses %s", (_name, secrets, text, expected) => {
    expect(redactOf(secrets)(text)).toBe(expected.replaceAll("R", "[redacted]"));
  });

  test.each(["YT8+w6nDvw==", "YT8+w6nDvw", "YT8-w6nDvw==", "YT8-w6nDvw"])(
    "loses a secret in Base64 of either alphabet, with padding or without: %s",
    (base64) => {
      expect(redactOf([Buffer.from(base64, "base64").toString()])(`"${base64}`)).toMatch(/^"\[redacted\]=*$/);
    },
  );

  test("of a megabyte that is hard to search is still searched", () => {
    const redact = redactOf(["eyJ-eyJ-secret", "aaaaaaab"]);
    for (const part of ["eyJ-", "eyJa.", "eyJ.eyJ", "a", "eyJ-eyJ-secret"]) {
      expect(redact(part.repeat(2 ** 20 / part.length))).not.toContain("secret");
    }
  });
});

describe("the secrets of a request body", () => {
  test("are the strings under userInputs, wherever that is and however they are nested", () => {
    const body = { appKey: "gmail", userInputs: { key: "one", more: [{ list: ["two", 3, null] }] }, other: "word" };
    expect(userInputValues(body)).toEqual(["one", "two"]);
    expect(userInputValues([{ deep: body }])).toEqual(["one", "two"]);
  });

  test("are looked for as deep as eight objects or lists", () => {
    const nested = (levels: number): unknown => (levels === 0 ? "secret" : [nested(levels - 1)]);
    expect(userInputValues({ userInputs: nested(7) })).toEqual(["secret"]);
    expect(userInputValues({ userInputs: nested(8) })).toEqual([]);
  });
});

describe("a body", () => {
  const json = (value: unknown) => JSON.stringify(value);
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  const notations: [string, (secret: string) => string][] = [
    ["text", (secret) => `no: ${secret}!`],
    ["a URL", (secret) => `https://example.com/?echo=${encodeURIComponent(secret)}`],
    ["a form", (secret) => new URLSearchParams({ echo: secret }).toString()],
    ["Base64", (secret) => Buffer.from(secret).toString("base64")],
    ["a string of JSON", json],
    ["JSON deep down", (secret) => json([[[{ detail: [secret, null, 1] }]]])],
    ["a key of JSON", (secret) => json({ [secret]: { [`a ${secret}`]: [] } })],
    ["JSON in JSON", (secret) => json({ message: json({ echo: [secret] }) })],
    ["JSON in JSON in JSON", (secret) => json({ message: json({ body: json({ echo: [secret] }) }) })],
    ["JSON in ASCII", (secret) => json({ echo: secret }).replace(/[^ -~]/g, escaped)],
    ["JSON with escaped slashes", (secret) => json({ echo: secret }).replaceAll("/", "\\/")],
    ["JSON that is safe for HTML", (secret) => json([secret]).replace(/[<>&']/g, escaped)],
    ["JSON that ends too early", (secret) => `{"echo":${json(secret)}`],
  ];
  test.each(notations)("loses a secret that is %s", (_name, write) => {
    for (const secret of plantedSecrets) {
      expect(leaks(redactBody(write(secret), redactOf([secret])))).toEqual([]);
    }
  });

  const redact = redactOf(["secret", "482913"]);

  test("of JSON stays JSON, with its other values as they were", () => {
    const body = { secret: ["a secret", 482913, 1.5, null, true, { deep: "secret" }], other: "word" };
    expect(JSON.parse(redactBody(json(body), redact))).toEqual({
      "[redacted]": ["a [redacted]", "[redacted]", 1.5, null, true, { deep: "[redacted]" }],
      other: "word",
    });
  });

  test.each(["plain text", '{"a": 1.0,  "b":"word"}', "", '{"a":12345678901234567890}'])(
    "without a secret stays as it is: %j",
    (body) => expect(redactBody(body, redact)).toBe(body),
  );

  test("that is nested as deep as it can be is searched too", () => {
    const body = `${"[".repeat(100_000)}"secret\\n"${"]".repeat(100_000)}`;
    expect(redactBody(body, redact)).not.toContain("secret");
  });

  test("cannot change prototypes", () => {
    expect(redactBody('{"__proto__":{"a":"secret"}}', redact)).toBe('{"__proto__":{"a":"[redacted]"}}');
  });

  test.each(["errors", "error", "message", "errorMessage", "retry-after", "x-request-id"])(
    "keeps the name %s, which an error is made of, even if a secret is the same word",
    (name) =>
      expect(redactBody(json({ [name]: name, other: 1 }), redactOf([name, "other"]))).toBe(
        json({ [name]: "[redacted]", "[redacted]": 1 }),
      ),
  );
});

test("headers lose secrets in their values, and go when their names hold secrets, but for those that an error is made of", () => {
  const headers = new Headers([
    ["CF-Ray", "1"],
    ["Date", "today"],
    ["X-Sesame-Open", "1"],
    ["X-Echo", "open sesame"],
    ["Set-Cookie", "a=sesame"],
    ["Set-Cookie", "b=1"],
  ]);
  expect([...redactHeaders(headers, redactOf(["sesame", "date", "ray"]))]).toEqual([
    ["cf-ray", "1"],
    ["set-cookie", "a=[redacted]"],
    ["set-cookie", "b=1"],
    ["x-echo", "open [redacted]"],
  ]);
});

describe("a cause", () => {
  const redact = redactOf(["secret"]);

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

  test("keeps a code that is a number", () => {
    expect(redactCause(Object.assign(new Error("no"), { code: 20 }), redact)).toHaveProperty("code", 20);
    expect(redactCause(Object.assign(new Error("no"), { code: {} }), redact)).not.toHaveProperty("code");
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

  test.each<[string, unknown, string]>([
    ["a string", "no secret", "no [redacted]"],
    ["an object", { secret: "secret" }, "a thrown object"],
    ["null", null, "a thrown null"],
    ["a symbol", Symbol("secret"), "a thrown symbol"],
    ["an error whose message is not text", Object.assign(new Error(), { message: 42 }), "42"],
  ])("may be %s", (_name, thrown, message) => expect(redactCause(thrown, redact).message).toBe(message));

  const thrower = () => {
    throw new Error("secret");
  };
  test.each<[string, unknown]>([
    ["whose message throws", Object.defineProperty(new Error(), "message", { get: thrower })],
    ["whose cause throws", Object.defineProperty(new Error(), "cause", { get: thrower })],
    ["whose code throws", new Error("outer", { cause: Object.defineProperty(new Error(), "code", { get: thrower }) })],
    ["that throws whatever is done with it", new Proxy(new Error(), { get: thrower, getPrototypeOf: thrower })],
    ["whose name is no text", Object.assign(new Error(), { name: Object.create(null) })],
  ])("%s cannot be read, and says so", (_name, cause) => {
    expect(redactCause(cause, redact)).toMatchObject({ message: "an error that cannot be read" });
  });
});
