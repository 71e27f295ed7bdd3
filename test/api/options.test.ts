import { inspect } from "node:util";
import { createRolloutApi, createRolloutClient, type FetchFunction, RolloutConfigError } from "rollout-client";
import { expect, test, vi } from "vitest";
import document from "../../openapi/rollout.json" with { type: "json" };
import { rejection } from "../support/rejection.ts";

const input = { appKey: "follow-up-boss", userInputs: {} };

/** Options that do not compile, as JavaScript may pass them, beside the token that each client needs. */
type Unusable = [description: string, options: object, option: string];

/** Each of the values of an option, all refused. */
function each(option: string, values: readonly unknown[]): Unusable[] {
  const [name, member] = option.split(".");
  return values.map((value) => [
    `${option} ${inspect(value)}`,
    { [String(name)]: member === undefined ? value : { [member]: value } },
    option,
  ]);
}

const ofCallsToo: Unusable[] = [
  ...each("timeout", [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, "1000", null]),
  ...each("retry.limit", [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, "2"]),
  ...each("retry.maxDelay", [-1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, "9"]),
  ...each("retry.limits", [2]),
  ...each("retry", [true, null, 2]),
];
const ofBoth: Unusable[] = [
  ...ofCallsToo,
  ...each("credentialId", ["", "with space", "two\nlines", "\u00e9", 42, null]),
  ...each("maxResponseBytes", [0, 1.5, Number.NaN]),
  ...each("waitUntilReady", [-1, Number.NaN, 2 ** 31, "1"]),
  ...each("fetch", [{}]),
  ...each("onCall", [{}, null, "console.log"]),
  ...each("logger", [{ debug: console.debug }, { warn: console.warn }, null]),
  ...each("rateLimiter", [true, null, {}, { acquire: 5 }]),
  ...each("webSocket", [{}]),
  ...each("dangerouslyAllowHttp", ["true", 1]),
  ...["constructor", "toString", "tokens"].flatMap((name) => each(name, ["made-up"])),
];

/** Creates a client and an api, and expects that both refuse an option. Returns the errors. */
async function expectRefusal(options: object, option: string): Promise<RolloutConfigError[]> {
  const failures: RolloutConfigError[] = [];
  for (const create of [createRolloutClient, createRolloutApi]) {
    const given = { token: "made-up", baseUrl: "https://example.com", ...options };
    const failure = await rejection(() => Reflect.apply(create, undefined, [given]), RolloutConfigError);
    expect(failure).toMatchObject({ code: "invalid_config", option });
    failures.push(failure);
  }
  return failures;
}

test.each(ofBoth)("a client is not created with %s", async (_description, options, option) => {
  await expectRefusal(options, option);
});

test.each(["baseURL", "maxRetries", "retries", "apiKey", "accessToken", "clientId", "clientSecret", "timeoutMs"])(
  "the option %s of other clients is refused with what it is called here, not with a list of all",
  async (guess) => {
    for (const { message } of await expectRefusal({ [guess]: "planted" }, guess))
      expect(message).not.toMatch(/planted|maxResponseBytes/);
  },
);

const fetch = vi.fn<FetchFunction>(async () => Response.json({ id: "cred_1" }));
const { api, credentials } = createRolloutClient({ token: "made-up", fetch });

test.each<Unusable>([
  ...ofCallsToo,
  ...each("parseAs", ["xml"]),
  ...each("signal", [
    { addEventListener() {}, removeEventListener() {} },
    { removeEventListener() {} },
    { aborted: false, addEventListener() {} },
  ]),
])("a call refuses %s before anything is sent", async (_description, options, option) => {
  fetch.mockClear();
  const expected = { code: "invalid_config", option, mayHaveSucceeded: false };
  expect(await rejection(credentials.create(input, options), RolloutConfigError)).toMatchObject(expected);
  const posted = api.POST("/credentials", { body: input, ...options });
  expect(await rejection(posted, RolloutConfigError)).toMatchObject(expected);
  expect(fetch).not.toHaveBeenCalled();
});

/** The URL that a create is sent to. */
async function urlOf(baseUrl: string | URL | undefined, dangerouslyAllowHttp?: boolean): Promise<string | undefined> {
  fetch.mockClear();
  await createRolloutClient({ token: "made-up", baseUrl, dangerouslyAllowHttp, fetch }).credentials.create(input);
  return fetch.mock.calls[0]?.[0];
}

test("the default base URL is the first server of the document", async () => {
  expect(await urlOf(undefined)).toBe(`${document.servers[0]?.url}/credentials`);
});

test.each([
  ["https://example.com", "https://example.com/credentials"],
  ["https://example.com/", "https://example.com/credentials"],
  ["https://example.com/api/", "https://example.com/api/credentials"],
  ["https://EXAMPLE.com:443/a/b", "https://example.com/a/b/credentials"],
  ["https://example.com:8443/api", "https://example.com:8443/api/credentials"],
  ...["localhost:3000", "api.localhost", "127.0.0.1:3000", "127.8.8.8", "[::1]"].map((loopback) => [
    `http://${loopback}/api`,
    `http://${loopback}/api/credentials`,
  ]),
])("base URL %s: requests go to %s", async (baseUrl = "", url = "") => {
  expect(await urlOf(baseUrl)).toBe(url);
  expect(await urlOf(new URL(baseUrl))).toBe(url);
});

test("with dangerouslyAllowHttp: true, the base URL may be http on any host", async () => {
  expect(await urlOf("http://mock:4010", true)).toBe("http://mock:4010/credentials");
  await expect(urlOf("http://mock:4010", false)).rejects.toMatchObject({ option: "baseUrl" });
});

test.each([
  "http://example.com/api",
  "http://127.0.0.1.example.com",
  "http://localhost.example.com",
  "http://notlocalhost",
  "http://0.0.0.0",
  "ws://localhost",
  "javascript:alert(1)",
  "localhost:4010",
  "https://user@example.com",
  "https://:planted_secret@example.com",
  "https://user:planted_secret@example.com",
  "https://example.com/api?key=planted_secret",
  "https://example.com/api?",
  "https://example.com/api#planted_secret",
  "",
  "/api",
  "example.com/planted_secret",
  "https://",
])("base URL %s is refused, without its value in the error", async (baseUrl) => {
  for (const failure of await expectRefusal({ baseUrl }, "baseUrl"))
    expect(inspect(failure)).not.toContain("planted_secret");
});
