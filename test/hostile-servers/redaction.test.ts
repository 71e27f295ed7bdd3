import { createRolloutClient, type FetchInit, RolloutApiError, RolloutNetworkError } from "rollout-client";
import { expect, test } from "vitest";
import { rejection } from "../support/rejection.ts";
import { plantedInput } from "./planted-secrets.ts";
import { spellings } from "./spellings.ts";

/** A client of a server that responds to each request with this as the body of a 400. */
function refusing(bodyOf: (init: FetchInit) => unknown, headers: Record<string, string> = {}) {
  return createRolloutClient({
    token: "made-up",
    fetch: async (_url, init) => {
      const body = bodyOf(init);
      return new Response(typeof body === "string" ? body : JSON.stringify(body), { status: 400, headers });
    },
  });
}

/** What a caller gets of an error body after these secrets were sent. */
async function redacted(secrets: readonly string[], body: unknown, headers?: Record<string, string>) {
  const { api } = refusing(() => body, headers);
  return api.POST("/credentials", { body: { appKey: "lofty", userInputs: { secrets } } });
}

const base64Url = spellings["Base64 for URLs"];

test.each<[string, readonly string[], string, string]>([
  ["each secret, however often it occurs", ["a first", "second one"], "a first, xsecond onex", "R, xRx"],
  ["a short secret as a whole word only", ["usa"], "usage for usa, USA and (usa)", "usage for R, USA and (R)"],
  [
    "a short secret between escapes",
    ["usa"],
    '%22usa%22 a\\nusa "\\u00e9usa" &quot;usa',
    '%22R%22 a\\nR "\\u00e9R" &quot;R',
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
  ["a secret without its quotes and its padding", ['"value=="', "fjord/fj"], "a value, &fjlig;ord&sol;fj", "a R, R"],
  [
    "each piece of a long secret",
    [`${"a".repeat(32)}${"b".repeat(40)}`],
    `x${"a".repeat(32)}y${"b".repeat(9)}`,
    `xRy${"b".repeat(9)}`,
  ],
  ["a secret that was escaped three times", ["left/right"], "to left%25252Fright", "to R"],
  ["a secret in longer Base64", ["correct horse"], `Basic ${btoa("user:correct horse!")}`, "Basic dXNlcjpRIQ=="],
  ["a JWT that the call never had", [], 'a "eyJhbGci.eyJzdWIi.c2ln-_" (eyJhbGci.eyJzdWIi.)', 'a "R" (R)'],
  ["a JWT with spaces in its JSON", [], `${base64Url('{ "alg": 1 }')}.${base64Url('{\n"a": 1 }')}.c2ln.`, "R."],
  ["a JWT with a line break in its JSON", [], `${base64Url('{\n  "alg": 12}')}.e30.c2ln`, "R"],
  ["a JWT behind an escape", [], "Bearer%20eyJhbGci.eyJzdWIi.c2ln \\neyJhbGci.eyJzdWIi.c2ln", "Bearer%20R \\nR"],
  ["a JWT behind a name", [], "jwt_eyJhbGci.eyJzdWIi.c2ln id-token-eyJhbGci.eyJzdWIi.c2ln", "R R"],
  ["a JWE", [], "eyJhbGci.a-b.c.d_e.f, eyJhbGci..c.d_e.f", "R, R"],
  ["no word that only begins as a JWT", [], "eyJust.a.word, eyJ.eyJ., eye.ey", "eyJust.a.word, eyJ.eyJ., eye.ey"],
])("the text of an error loses %s", async (_case, secrets, text, expected) => {
  expect((await redacted(secrets, text)).error).toBe(expected.replaceAll("R", "[redacted]"));
});

test("a secret that a server writes in Latin-1 is redacted, although its response is read as UTF-8", async () => {
  const body = Buffer.from("bad Pässwörd-geheim", "latin1");
  const { api } = createRolloutClient({ token: "made-up", fetch: async () => new Response(body, { status: 400 }) });
  const { error } = await api.POST("/credentials", {
    body: { appKey: "lofty", userInputs: { pin: "Pässwörd-geheim" } },
  });
  expect(error).toBe("bad [redacted]");
});

test("a text that resembles many secrets everywhere is searched in linear time", async () => {
  const secrets = Array.from({ length: 400 }, (_, length) => "a".repeat(length + 3));
  const { error } = await redacted(secrets, secrets.join(" "));
  expect(error).toBe(secrets.map(() => "[redacted]").join(" "));
});

test.each<[string, string, unknown]>([
  ["keys, strings and numbers", '{"secret":["a secret", 482913, 1.5, null]}', { R: ["a R", "R", 1.5, null] }],
  ["a number that is no double", "[12345678901234567890]", ["R"]],
  ["a prototype", '{"__proto__":{"a":"secret"}}', JSON.parse('{"__proto__":{"a":"R"}}')],
  ["letters that are escaped", '["\\u0073ecret"]', ["R"]],
  ["JSON that ends too early", '{"a":"secret', '{"a":"R'],
])("an error body with %s keeps the rest as it was", async (_case, body, expected) => {
  const { error } = await redacted(["secret", "482913", "12345678901234567890"], body);
  expect(JSON.stringify(error)).toBe(JSON.stringify(expected).replaceAll("R", "[redacted]"));
});

test.each([
  [100, "object"],
  [101, "string"],
  [100_000, "string"],
])("an error body that is nested %i levels deep becomes a value of type %s", async (levels, type) => {
  const { error } = await redacted(["secret"], `${"[".repeat(levels)}"secret"${"]".repeat(levels)}`);
  expect(typeof error).toBe(type);
  expect(JSON.stringify(error)).toContain("[redacted]");
});

test("the names that an error is made of stay, even if a secret is the same word", async () => {
  const names = ["errors", "error", "message", "errorMessage", "retry-after", "x-request-id"];
  const body = Object.fromEntries(names.map((name) => [name, name]));
  const { error } = await redacted([...names, "other"], { ...body, other: 1 });
  expect(error).toEqual({ ...Object.fromEntries(names.map((name) => [name, "[redacted]"])), "[redacted]": 1 });
});

test("the headers of an error lose Set-Cookie, and names that are secrets", async () => {
  const headers = { "CF-Ray": "1", Date: "x", "X-Sesame-Open": "1", "X-Echo": "open sesame", "Set-Cookie": "a=1" };
  const { response } = await redacted(["sesame", "date", "ray"], {}, { ...headers, "Content-Type": "text/plain" });
  expect(Object.fromEntries(response.headers)).toEqual({
    "cf-ray": "1",
    "content-type": "text/plain",
    "x-echo": "open [redacted]",
  });
});

test.each([200, 422])(
  "a 422 that middleware created after a %d loses secrets, cookies, and headers that the platform refuses",
  async (status) => {
    const fetch = async () => Response.json([], { status });
    const { api, credentials } = createRolloutClient({ token: "a-token", fetch });
    const entries = new Map(Object.entries({ "set-cookie": "a=1", "x-echo": "a-token", "x-two": "\u20ac", "a b": "" }));
    const value = { get: () => null, forEach: entries.forEach.bind(entries) };
    const created = () => Response.json({ message: "not a-token" }, { status: 422 });
    api.use({ onResponse: () => Object.defineProperty(created(), "headers", { value }) });
    const error = await rejection(credentials.list(), RolloutApiError);
    expect(error).toMatchObject({ body: { message: "not [redacted]" }, errors: [{ message: "not [redacted]" }] });
    expect(Object.fromEntries(error.headers)).toEqual({ "x-echo": "[redacted]" });
  },
);

test("the strings and numbers under userInputs and customParams are secrets, wherever those are", async () => {
  const { api } = refusing(() => "one deep 4829 word");
  const deep = Array.from({ length: 20 }).reduce<unknown>((inner) => [inner], "deep");
  const shared = { pin: 4829 };
  const body = { userInputs: { key: "one", more: [deep, null] }, list: [{ customParams: { shared } }], other: "word" };
  const init = { body: { ...body, shared }, bodySerializer: () => "another form" };
  const { error } = await Reflect.apply(api.POST, api, ["/credentials", init]);
  expect(error).toBe("[redacted] [redacted] [redacted] word");
});

test("nothing of a text is shown where the secrets cannot be read", async () => {
  const { api } = refusing(() => "a secret");
  const userInputs = Object.defineProperty({}, "a", { get: () => expect.fail(), enumerable: true });
  const body = { appKey: "lofty", userInputs };
  expect((await api.POST("/credentials", { body, bodySerializer: () => "{}" })).error).toBe("[redacted]");
});

test.each<readonly [string, string, readonly string[]]>([
  ["Cookie", "a=first-one; b=second%2Fone", ["a=first-one", "first-one", "second%2Fone", "second/one"]],
  ["Cookie", 'a="first-one"', ["first-one"]],
  ["Proxy-Authorization", "Basic dXNlcjpzZWNyZXQ=", ["dXNlcjpzZWNyZXQ=", "dXNlcjpzZWNyZXQ%3D", "dXNlcjpzZWNyZXQ"]],
  ["X-Auth", "ada:password-1", ["password-1"]],
  ...["X-Api-Key", "apikey", "X-CSRF-Token", "Client-Secret", "Password"].map(
    (name) => [name, "a=key", ["a=key"]] as const,
  ),
])("the parts of the caller's own header %s are redacted", async (name, value, parts) => {
  const { api } = refusing(() => ({ echo: ["Basic a", ...parts] }));
  const { error } = await api.GET("/credentials", { headers: { [name]: value } });
  expect(error).toEqual({ echo: ["Basic a", ...parts.map(() => "[redacted]")] });
});

test("the caller's other headers are no secrets", async () => {
  const names = ["Accept", "Content-Language", "X-Rollout-Credential-Id", "X-Request-Id", "User-Agent"];
  const { api } = refusing(({ headers }) => names.map((name) => headers.get(name)));
  const { error } = await api.GET("/credentials", { headers: Object.fromEntries(names.map((name) => [name, name])) });
  expect(error).toEqual(names);
});

test("a token that was rejected before is redacted, too", async () => {
  const token = ({ refresh }: { refresh: boolean }) => (refresh ? "made-up-new" : "made-up-old");
  const statuses = [401, 403];
  const fetch = async () =>
    Response.json("made-up-new is no better than made-up-old", { status: statuses.shift() ?? 0 });
  const { error } = await createRolloutClient({ token, fetch }).api.GET("/credentials");
  expect(error).toBe("[redacted] is no better than [redacted]");
});

test("a cause keeps its name, message, code, stack and causes, and nothing else", async () => {
  const cause = Object.assign(new RangeError("a made-up", { cause: new TypeError("the made-up") }), {
    code: "ERR_made-up",
    request: { authorization: "made-up" },
  });
  const { credentials } = createRolloutClient({ token: "made-up", fetch: () => Promise.reject(cause), retry: false });
  const { cause: copy } = await rejection(credentials.create(plantedInput), RolloutNetworkError);
  expect(copy).toMatchObject({ name: "RangeError", message: "a [redacted]", code: "ERR_[redacted]" });
  expect(copy).toMatchObject({ cause: { name: "TypeError", message: "the [redacted]" } });
  expect(Object(copy).stack).toMatch(/^RangeError: a \[redacted\]\n {4}at /);
  expect(Reflect.ownKeys(Object(copy)).sort()).toEqual(["cause", "code", "message", "name", "stack"]);
});

test("a circle of causes ends after five", async () => {
  const circle = new Error("again");
  circle.cause = circle;
  const { credentials } = createRolloutClient({ token: "made-up", fetch: () => Promise.reject(circle), retry: false });
  const messages: string[] = [];
  let { cause } = await rejection(credentials.create(plantedInput), RolloutNetworkError);
  for (; cause instanceof Error && messages.length < 100; cause = cause.cause) messages.push(cause.message);
  expect(messages).toEqual(Array(6).fill("again"));
});
