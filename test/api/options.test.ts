import { inspect } from "node:util";
import {
  createRolloutApi,
  createRolloutClient,
  type FetchFunction,
  type RolloutClientOptions,
  RolloutConfigError,
} from "rollout-client";
import { describe, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import document from "../../openapi/rollout.json" with { type: "json" };
import { rejection } from "../support/rejection.ts";

const input = { appKey: "follow-up-boss", userInputs: {} };

/** Options that do not compile, as JavaScript may pass them, beside the token that each client needs. */
type Unusable = [description: string, options: object, option: string, message: RegExp];

const WHOLE = /must be a whole number, at least/;
const MILLISECONDS = /must be a number of milliseconds from [01] to 2147483647$/;
const FUNCTION = /must be a function$/;

/** Each of the values of an option, all refused for the same reason. */
function each(option: string, message: RegExp, values: readonly unknown[]): Unusable[] {
  const [name, member] = option.split(".");
  return values.map((value) => [
    `${option} ${inspect(value)}`,
    { [String(name)]: member === undefined ? value : { [member]: value } },
    option,
    message,
  ]);
}

const ofCallsToo: Unusable[] = [
  ...each("timeout", MILLISECONDS, [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, "1000", null]),
  ...each("retry.limit", WHOLE, [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, "2"]),
  ...each("retry.maxDelay", MILLISECONDS, [-1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, "9"]),
  ...each("retry", /must be false, or an object such as \{ limit: 2 \}$/, [true]),
  ["a misspelt retry option", { retry: { limits: 2 } }, "limits", /not an option of retry, which has limit, maxDelay$/],
];
const ofBoth: Unusable[] = [
  ...ofCallsToo,
  ...each("credentialId", /must be the id of a credential/, ["", "with space", "two\nlines", "\u00e9", 42, null]),
  ...each("maxResponseBytes", WHOLE, [0, 1.5, Number.NaN]),
  ...each("fetch", FUNCTION, [{}]),
  ["a logger without warn", { logger: { debug: console.debug } }, "logger", /must have the methods debug and warn/],
  ["a logger without debug", { logger: { warn: console.warn } }, "logger", /must have the methods debug and warn/],
  ["null as logger", { logger: null }, "logger", /must have the methods debug and warn/],
  ["a misspelt option", { baseURL: "https://example.com" }, "baseURL", /is not an option of createRollout.*baseUrl/],
];

function expectRefusal(create: () => unknown, option: string, message: RegExp): void {
  const refusal = expect(create);
  refusal.toThrow(RolloutConfigError);
  refusal.toThrow(expect.objectContaining({ code: "invalid_config", option, message: expect.stringMatching(message) }));
}

describe("at construction these options are refused:", () => {
  test.each(ofBoth)("%s", (_description, options, option, message) => {
    expectRefusal(() => createRolloutClient({ token: "made-up", ...options }), option, message);
    expectRefusal(
      () => createRolloutApi({ token: "made-up", baseUrl: "https://example.com", ...options }),
      option,
      message,
    );
  });

  test("no options at all", () => {
    // @ts-expect-error a call that does not compile, as JavaScript may make it
    expectRefusal(() => createRolloutClient(), "createRolloutClient", /takes an object of options$/);
    // @ts-expect-error the same
    expectRefusal(() => createRolloutApi(null), "createRolloutApi", /takes an object of options$/);
  });

  test("webSocket that is no class", () => {
    const options: object = { token: "made-up", baseUrl: "https://example.com", webSocket: {} };
    // @ts-expect-error options that do not compile, as JavaScript may pass them
    expectRefusal(() => createRolloutClient(options), "webSocket", FUNCTION);
    // @ts-expect-error the same
    expectRefusal(() => createRolloutApi(options), "webSocket", FUNCTION);
  });

  test("the webSocket of a client, given to createRolloutApi, which does not use it", () => {
    const options = { token: "made-up", baseUrl: "https://example.com", webSocket: WebSocket };
    expect(() => createRolloutApi(options)).not.toThrow();
  });

  test("none that the documentation names", () => {
    const options: Required<RolloutClientOptions> = {
      token: "made-up",
      credentialId: "cred_1",
      baseUrl: new URL("https://example.com/api"),
      dangerouslyAllowHttp: true,
      headers: { "X-Name": "value" },
      timeout: 1,
      retry: { limit: 0, maxDelay: 0 },
      rateLimiter: false,
      waitUntilReady: 1,
      maxResponseBytes: 1,
      fetch,
      webSocket: WebSocket,
      logger: console,
    };
    expect(() => createRolloutClient(options)).not.toThrow();
    const allUndefined = Object.fromEntries(Object.keys(options).map((option) => [option, undefined]));
    expect(() => createRolloutClient({ ...allUndefined, token: "made-up" })).not.toThrow();
  });
});

const fetch = vi.fn<FetchFunction>(async () => Response.json({ id: "cred_1" }));
const { api, credentials } = createRolloutClient({ token: "made-up", fetch });

test.each<Unusable>([
  ...ofCallsToo,
  ["an object as signal", { signal: {} }, "signal", /must be an AbortSignal$/],
  ["another half of one", { signal: { removeEventListener() {} } }, "signal", /AbortSignal$/],
  ["a signal that is half one", { signal: { aborted: false, addEventListener() {} } }, "signal", /AbortSignal$/],
])("of a call is refused before anything is sent: %s", async (_description, options, option, message) => {
  fetch.mockClear();
  const expected = { option, message: expect.stringMatching(message) };
  expect(await rejection(credentials.create(input, options), RolloutConfigError)).toMatchObject(expected);
  const posted = api.POST("/credentials", { body: input, ...options });
  expect(await rejection(posted, RolloutConfigError)).toMatchObject(expected);
  expect(fetch).not.toHaveBeenCalled();
});

test.each<[string, unknown[], string, RegExp]>([
  [
    "a misspelt option",
    [input, { onOTP: () => "1" }],
    "onOTP",
    /not an option of credentials.create, which has .*onOtp/,
  ],
  ["onOtp that is no function", [input, { onOtp: "1" }], "onOtp", FUNCTION],
  ["fetch, which is the client's", [input, { fetch }], "fetch", /is not an option of credentials.create/],
  ["no input", [], "input", /./],
  ["null as input", [null], "input", /./],
  ["a string as input", ["a string"], "input", /./],
  ["an empty object as input", [{}], "appKey", /^appKey must be a non-empty string, such as "follow-up-boss"$/],
  ["an empty appKey", [{ ...input, appKey: "" }], "appKey", /^appKey must be a non-empty string/],
  ["a number as appKey", [{ ...input, appKey: 42 }], "appKey", /^appKey must be a non-empty string/],
  ...[undefined, null, "key", ["key"]].map((userInputs): [string, unknown[], string, RegExp] => [
    `userInputs ${JSON.stringify(userInputs)}`,
    [{ ...input, userInputs }],
    "userInputs",
    /^userInputs must be an object, with one entry for each input of the connector$/,
  ]),
  ...[42, undefined, ["one", 2], { secret: "planted" }].map((apiKey): [string, unknown[], string, RegExp] => [
    `userInputs.apiKey ${JSON.stringify(apiKey)}`,
    [{ ...input, userInputs: { apiKey } }],
    "userInputs.apiKey",
    /^userInputs.apiKey must be a string, or an array of strings$/,
  ]),
])("of credentials.create is refused before anything is sent: %s", async (_description, given, option, message) => {
  fetch.mockClear();
  const failure = await rejection(Reflect.apply(credentials.create, credentials, given), RolloutConfigError);
  expect(failure).toMatchObject({ option, message: expect.stringMatching(message) });
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
  await expect(urlOf("http://mock:4010", false)).rejects.toThrow(/^baseUrl must be https/);
});

const HTTPS = /^baseUrl must be https/;
const ABSOLUTE = /^baseUrl must be an absolute URL with https:\/\/ or http:\/\/$/;

test("createRolloutApi needs a base URL", () => {
  // @ts-expect-error options that do not compile, as JavaScript may pass them
  expect(() => createRolloutApi({ token: "made-up" })).toThrow(ABSOLUTE);
});

test.each([
  ["http://example.com/api", HTTPS],
  ["http://127.0.0.1.example.com", HTTPS],
  ["http://localhost.example.com", HTTPS],
  ["http://notlocalhost", HTTPS],
  ["http://0.0.0.0", HTTPS],
  ["ws://localhost", ABSOLUTE],
  ["javascript:alert(1)", ABSOLUTE],
  ["localhost:4010", ABSOLUTE],
  ["https://user@example.com", /^baseUrl must not hold credentials$/],
  ["https://user:planted_secret@example.com", /^baseUrl must not hold credentials$/],
  ["https://example.com/api?key=planted_secret", /^baseUrl must have no query and no fragment$/],
  ["https://example.com/api?", /^baseUrl must have no query and no fragment$/],
  ["https://example.com/api#planted_secret", /^baseUrl must have no query and no fragment$/],
  ["", ABSOLUTE],
  ["/api", ABSOLUTE],
  ["example.com/planted_secret", ABSOLUTE],
  ["https://", ABSOLUTE],
])("base URL %s is refused, without its value in the error", async (baseUrl, message) => {
  for (const create of [createRolloutClient, createRolloutApi]) {
    const failure = await rejection(() => create({ token: "made-up", baseUrl }), RolloutConfigError);
    expect(failure).toMatchObject({ option: "baseUrl", message: expect.stringMatching(message) });
    expect(inspect(failure)).not.toContain("planted_secret");
  }
});
