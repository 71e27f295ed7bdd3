import { createRolloutApi, createRolloutClient, type RolloutClientOptions, RolloutConfigError } from "rollout-client";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { startHttpServer } from "../support/http-server.ts";
import { rejection } from "../support/rejection.ts";

const input = { appKey: "gmail", userInputs: {} };

/** Options that do not compile, as JavaScript may pass them, beside the token that each client needs. */
type Unusable = [description: string, options: object, option: string, message: RegExp];

const WHOLE = /must be a whole number, at least/;
const MILLISECONDS = /must be a number of milliseconds from [01] to 2147483647$/;
const FUNCTION = /must be a function$/;

const timeouts: Unusable[] = [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, "1000", null].map((timeout) => [
  `timeout ${timeout}`,
  { timeout },
  "timeout",
  MILLISECONDS,
]);
const retries: Unusable[] = [
  ...[-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, "2"].map(
    (limit): Unusable => [`retry.limit ${limit}`, { retry: { limit } }, "retry.limit", WHOLE],
  ),
  ...[-1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, "9"].map(
    (maxDelay): Unusable => [`retry.maxDelay ${maxDelay}`, { retry: { maxDelay } }, "retry.maxDelay", MILLISECONDS],
  ),
  ["retry true", { retry: true }, "retry", /must be false or an object$/],
  [
    "a misspelt retry option",
    { retry: { limits: 2 } },
    "limits",
    /is not an option of retry, which has limit, maxDelay$/,
  ],
];
const credentialIds: Unusable[] = ["", "with space", "two\nlines", "\u00e9", 42, null].map((credentialId) => [
  `credentialId ${JSON.stringify(credentialId)}`,
  { credentialId },
  "credentialId",
  /must be the id of a credential/,
]);
const ofBoth: Unusable[] = [
  ...timeouts,
  ...retries,
  ...credentialIds,
  ...[0, 1.5, Number.NaN].map(
    (maxResponseBytes): Unusable => [
      `maxResponseBytes ${maxResponseBytes}`,
      { maxResponseBytes },
      "maxResponseBytes",
      WHOLE,
    ],
  ),
  ["fetch that is no function", { fetch: {} }, "fetch", FUNCTION],
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

  test("webSocket that is no class, and webSocket where there are no one-time passwords", () => {
    const options: object = { token: "made-up", webSocket: {} };
    // @ts-expect-error options that do not compile, as JavaScript may pass them
    expectRefusal(() => createRolloutClient(options), "webSocket", FUNCTION);
    // @ts-expect-error the same
    expectRefusal(() => createRolloutApi(options), "webSocket", /is not an option of createRolloutApi/);
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

describe("of a call these options are refused before anything is sent:", () => {
  const ofCall: Unusable[] = [
    ...timeouts,
    ...retries,
    ["an object as signal", { signal: {} }, "signal", /must be an AbortSignal$/],
    [
      "a signal without removeEventListener",
      { signal: { aborted: false, addEventListener() {} } },
      "signal",
      /AbortSignal$/,
    ],
    ["a controller for its signal", { signal: new AbortController() }, "signal", /must be an AbortSignal$/],
  ];

  test.each(ofCall)("%s", async (_description, options, option, message) => {
    const server = await startHttpServer();
    const { api, credentials } = createRolloutClient({ token: "made-up", baseUrl: server.url });
    const expected = { option, message: expect.stringMatching(message) };
    expect(await rejection(credentials.create(input, options), RolloutConfigError)).toMatchObject(expected);
    const posted = api.POST("/credentials", { body: input, ...options });
    expect(await rejection(posted, RolloutConfigError)).toMatchObject(expected);
    expect(server.requests).toEqual([]);
  });

  test.each<Unusable>([
    ["a misspelt option", { onOTP: () => "1" }, "onOTP", /is not an option of credentials.create, which has .*onOtp/],
    ["onOtp that is no function", { onOtp: "1" }, "onOtp", FUNCTION],
    ["fetch, which is the client's", { fetch }, "fetch", /is not an option of credentials.create/],
  ])("%s, of credentials.create", async (_description, options, option, message) => {
    const server = await startHttpServer();
    const { credentials } = createRolloutClient({ token: "made-up", baseUrl: server.url });
    const failure = await rejection(credentials.create(input, options), RolloutConfigError);
    expect(failure).toMatchObject({ option, message: expect.stringMatching(message) });
    expect(server.requests).toEqual([]);
  });

  test.each<[string, unknown]>([
    ["a number", 42],
    ["undefined", undefined],
    ["an array that holds a number", ["one", 2]],
    ["an object", { secret: "planted_secret" }],
  ])("%s among the userInputs", async (_case, value) => {
    const server = await startHttpServer();
    const { credentials } = createRolloutClient({ token: "made-up", baseUrl: server.url });
    // @ts-expect-error an input that does not compile, as JavaScript may pass it
    const creating = credentials.create({ appKey: "gmail", userInputs: { apiKey: value } });
    const failure = await rejection(creating, RolloutConfigError);
    expect(failure.message).toBe("userInputs.apiKey must be a string, or an array of strings");
    expect(failure.option).toBe("userInputs.apiKey");
    expect(server.requests).toEqual([]);
  });

  test.each([[undefined], [null], ["a string"]])("an input that is %s", async (notInput) => {
    const server = await startHttpServer();
    const { credentials } = createRolloutClient({ token: "made-up", baseUrl: server.url });
    // @ts-expect-error an input that does not compile, as JavaScript may pass it
    const failure = await rejection(credentials.create(notInput), RolloutConfigError);
    expect(failure.option).toBe("input");
    expect(server.requests).toEqual([]);
  });
});
