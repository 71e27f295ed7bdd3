import { describe, expect, test } from "vitest";
import {
  createRedact,
  type Redact,
  redactBody,
  redactCause,
  redactHeaders,
  userInputValues,
} from "../../src/errors/redact.ts";

const placeholder = "[redacted]";

const redactOf = (secrets: readonly string[]): Redact => createRedact(() => secrets);

describe("text", () => {
  test("loses each secret, wherever and however often it occurs", () => {
    const redact = redactOf(["a first one", "second one"]);
    expect(redact("a first one, second one; xsecond onex")).toBe("[redacted], [redacted]; x[redacted]x");
  });

  test("loses a secret of fewer than eight characters as a whole word only", () => {
    expect(redactOf(["usa"])("usage limit reached for usa, USA and (usa)")).toBe(
      "usage limit reached for [redacted], USA and ([redacted])",
    );
    expect(redactOf(["1234567", "12345678"])("a1234567 a12345678")).toBe("a1234567 a[redacted]");
    expect(redactOf(["a+b"])("x a+b, é a+bé")).toBe("x [redacted], é a+bé");
  });

  test("loses the longer of two secrets that overlap", () => {
    expect(redactOf(["secret", "secret-and-more"])("a secret-and-more b")).toBe("a [redacted] b");
  });

  test("loses a secret without the white space around it, too", () => {
    expect(redactOf([" \tsecret\n"])("a secret, or \tsecret\n.")).toBe("a [redacted], or[redacted].");
  });

  test("keeps what is too short to be told from other words", () => {
    expect(redactOf(["", "a", "no"])("a word is no secret")).toBe("a word is no secret");
  });

  test.each(["YT8+w6nDvw==", "YT8+w6nDvw", "YT8-w6nDvw==", "YT8-w6nDvw"])(
    "loses a secret in Base64 of either alphabet, with padding or without: %s",
    (base64) => {
      expect(redactOf([Buffer.from(base64, "base64").toString()])(`"${base64}`)).toMatch(/^"\[redacted\]=*$/);
    },
  );

  test("grows no faster when secrets are parts of the placeholder", () => {
    const parts = ["[redacted]", "redacted", "red", "act", "ted", "edac", "cte"];
    expect(redactOf(parts)("red [redacted]")).toBe("[redacted] [redacted]");
  });

  test("loses tokens that were never given to us, by their shape", () => {
    const token = "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl-_";
    const redact = redactOf([]);
    expect(redact(`refused "${token}", and ${token}.`)).toBe('refused "[redacted]", and [redacted].');
    expect(redact("eyJust.a.word, eyJ.eyJ.")).toBe("eyJust.a.word, eyJ.eyJ.");
  });

  test("may be as long as an answer, and made to be hard to search", () => {
    const redact = redactOf(["eyJ-eyJ-secret", "aaaaaaab"]);
    const limit = 10 * 1024 * 1024;
    for (const part of ["eyJ-", "eyJa.", "eyJ.eyJ", "a", "eyJ-eyJ-secret"]) {
      const text = part.repeat(limit / part.length);
      expect(redact(text)).not.toContain("secret");
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
  const redact = redactOf(["secret", "482913"]);

  test("of JSON stays JSON, with its other values as they were", () => {
    const body = { secret: ["a secret", 482913, 1.5, null, true, { deep: "secret" }], other: "word" };
    expect(JSON.parse(redactBody(JSON.stringify(body), redact))).toEqual({
      [placeholder]: ["a [redacted]", placeholder, 1.5, null, true, { deep: placeholder }],
      other: "word",
    });
  });

  test("of JSON is read before it is searched", () => {
    expect(redactBody('{"echo":"\\u0073ecret"}', redact)).toBe('{"echo":"[redacted]"}');
  });

  test.each(["plain text", '{"a": 1.0,  "b":"word"}', "", '{"a":12345678901234567890}'])(
    "%j without a secret stays to the letter",
    (body) => {
      expect(redactBody(body, redact)).toBe(body);
    },
  );

  test("that is nested as deep as it can be is searched all the same", () => {
    const body = `${"[".repeat(100_000)}"secret\\n"${"]".repeat(100_000)}`;
    expect(redactBody(body, redact)).not.toContain("secret");
  });

  test("cannot change prototypes", () => {
    expect(redactBody('{"__proto__":{"a":"secret"}}', redact)).toBe('{"__proto__":{"a":"[redacted]"}}');
  });
});

test("headers lose secrets in their values, and go when their names are secrets", () => {
  const redact = redactOf(["sesame", "date"]);
  const headers = new Headers([
    ["Date", "today"],
    ["X-Sesame-Open", "1"],
    ["X-Echo", "open sesame"],
    ["Set-Cookie", "a=sesame"],
    ["Set-Cookie", "b=1"],
  ]);
  expect([...redactHeaders(headers, redact)]).toEqual([
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

  test("in a circle comes to an end after five causes", () => {
    const cause = new Error("secret");
    cause.cause = cause;
    const messages: string[] = [];
    for (let error: unknown = redactCause(cause, redact); error instanceof Error; error = error.cause) {
      messages.push(error.message);
    }
    expect(messages).toEqual(Array(6).fill(placeholder));
  });

  test.each<[string, unknown, string]>([
    ["a string", "no secret", "no [redacted]"],
    ["an object", { secret: "secret" }, "a thrown object"],
    ["null", null, "a thrown null"],
    ["undefined", undefined, "a thrown undefined"],
    ["a symbol", Symbol("secret"), "a thrown symbol"],
    ["an error whose message is none", Object.assign(new Error(), { message: 42 }), "42"],
    ["an error whose message is null", Object.assign(new Error(), { message: null }), "null"],
  ])("may be %s", (_name, thrown, message) => expect(redactCause(thrown, redact).message).toBe(message));

  test("that cannot be read says so", () => {
    const throwing = Object.defineProperty(new Error(), "message", {
      get: () => {
        throw new Error("secret");
      },
    });
    const circular = Object.assign(new Error(), { name: Object.create(null) });
    for (const cause of [throwing, circular, new Error("outer", { cause: throwing })]) {
      expect(redactCause(cause, redact)).toMatchObject({ message: "an error that cannot be read" });
    }
  });
});
