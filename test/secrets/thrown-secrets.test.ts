import {
  createRolloutClient,
  RolloutApiError,
  RolloutConfigError,
  RolloutError,
  RolloutNetworkError,
  RolloutResponseError,
} from "rollout-client";
import { describe, expect, test } from "vitest";
import { rejection } from "../support/rejection.ts";
import { closedPort, startSocketServer, writeAndReset } from "../support/socket-server.ts";
import { leaks, plantedBody, plantedInput, plantedList, plantedPassword, plantedToken } from "./planted-secrets.ts";

describe("what fetch throws", () => {
  const request = () => new Request("https://example.com", { headers: { Authorization: `Bearer ${plantedToken}` } });
  const failures: [string, () => unknown][] = [
    [
      "an error with the request",
      () => Object.assign(new TypeError("failed"), { request: request(), body: plantedBody }),
    ],
    [
      "an error with its configuration",
      () => Object.assign(new Error("failed"), { config: { headers: { authorization: plantedToken } } }),
    ],
    ["an error that quotes the request", () => new Error(`POST with Bearer ${plantedToken} and ${plantedBody} failed`)],
    [
      "an error caused by one with the request",
      () => new TypeError("failed", { cause: Object.assign(new Error(plantedPassword), { request: request() }) }),
    ],
    ["an error of many", () => new AggregateError([new Error(plantedToken), plantedBody], plantedList.join())],
    ["an error caused by text", () => new Error("failed", { cause: `Authorization: Bearer ${plantedToken}` })],
    [
      "an error caused by an object",
      () => new Error("failed", { cause: { request: request(), toString: () => plantedBody } }),
    ],
    [
      "an error named like a secret",
      () => Object.assign(new Error("failed"), { name: plantedToken, code: plantedPassword }),
    ],
    [
      "an error that cannot be read",
      () =>
        Object.defineProperty(new Error("failed"), "message", {
          get: () => {
            throw new Error(plantedToken);
          },
        }),
    ],
    [
      "an error that shows itself",
      () => Object.assign(new Error("failed"), { toJSON: () => plantedBody, toString: () => plantedToken }),
    ],
    ["text", () => `failed with ${plantedToken}`],
    ["the request itself", request],
    ["nothing", () => undefined],
  ];
  test.each(failures)("%s", async (_name, thrown) => {
    const lines: string[] = [];
    const log = (line: string) => void lines.push(line);
    const { api, credentials } = createRolloutClient({
      token: plantedToken,
      fetch: () => Promise.reject(thrown()),
      logger: { debug: log, warn: log },
    });
    const error = await rejection(credentials.create(plantedInput), RolloutNetworkError);
    const other = await rejection(api.POST("/credentials", { body: plantedInput }), RolloutNetworkError);
    expect(error).toMatchObject({ code: "network", cause: expect.any(Error) });
    expect(leaks(error, other, lines)).toEqual([]);
    expect(lines).toHaveLength(2);
  });
});

describe("what breaks the body of an error", () => {
  test("is no place for what was sent", async () => {
    const thrown = Object.assign(new Error(`lost after ${plantedToken} and ${plantedBody}`), { sent: plantedBody });
    const body = () => new ReadableStream({ pull: () => Promise.reject(thrown) });
    const { credentials } = createRolloutClient({
      token: plantedToken,
      fetch: async () => new Response(body(), { status: 400 }),
    });
    const error = await rejection(credentials.create(plantedInput), RolloutApiError);
    expect(error.cause).toHaveProperty("message", "lost after [redacted] and [redacted]");
    expect(leaks(error)).toEqual([]);
  });
});

describe("what middleware throws", () => {
  test("is no place for what was sent", async () => {
    const { api } = createRolloutClient({ token: plantedToken, fetch: async () => Response.json({ id: "1" }) });
    api.use({
      onResponse: () => Promise.reject(Object.assign(new Error(`no good: ${plantedToken}`), { sent: plantedBody })),
    });
    const error = await rejection(api.POST("/credentials", { body: plantedInput }), RolloutResponseError);
    expect(error.cause).toHaveProperty("message", "no good: [redacted]");
    expect(leaks(error)).toEqual([]);
  });
});

describe("what refuses to build a request", () => {
  test("is no place for what was to be sent", async () => {
    const { api } = createRolloutClient({ token: plantedToken });
    // @ts-expect-error a mode that does not compile, as JavaScript may pass it
    const call = api.POST("/credentials", { body: plantedInput, mode: plantedPassword });
    const error = await rejection(call, RolloutConfigError);
    expect(error).toMatchObject({ option: "request", cause: { message: expect.stringContaining("[redacted]") } });
    expect(leaks(error)).toEqual([]);
  });
});

describe("what the platform's fetch throws", () => {
  test.each<[string, () => Promise<string>]>([
    ["when nobody listens", async () => `http://127.0.0.1:${await closedPort()}`],
    ["when the connection is reset", async () => (await startSocketServer(writeAndReset())).url],
    [
      "when the server talks nonsense",
      async () =>
        (await startSocketServer((socket, { token, body }) => socket.write(`HTTP/1.1 ${token}\r\n${body}\r\n\r\n`)))
          .url,
    ],
  ])("%s", async (_name, serve) => {
    const { credentials } = createRolloutClient({ token: plantedToken, baseUrl: await serve(), retry: false });
    const error = await rejection(credentials.create(plantedInput), RolloutNetworkError);
    expect(leaks(error)).toEqual([]);
  });
});

describe("what a token source throws", () => {
  const jsonWebToken = "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJ1c2VyLTEifQ.c2lnbmF0dXJl";

  test("is no place for a token that was never handed over", async () => {
    const thrown = Object.assign(new Error(`Bearer ${jsonWebToken} is no use`), { request: { token: jsonWebToken } });
    const { credentials } = createRolloutClient({ token: () => Promise.reject(thrown) });
    const error = await rejection(credentials.create(plantedInput), RolloutConfigError);
    expect(error).toMatchObject({ option: "token", cause: { message: "Bearer [redacted] is no use" } });
    expect(JSON.stringify(error) + String(error.stack) + String(error.cause)).not.toContain(jsonWebToken);
  });

  test("nor for the token that the server has just refused", async () => {
    const token = ({ refresh }: { refresh: boolean }) => {
      if (refresh) throw Object.assign(new Error(`cannot renew ${plantedToken}`), { old: plantedToken });
      return plantedToken;
    };
    const { credentials } = createRolloutClient({ token, fetch: async () => new Response("", { status: 401 }) });
    const error = await rejection(credentials.create(plantedInput), RolloutError);
    expect(error).toMatchObject({ code: "invalid_config", option: "token" });
    expect(leaks(error)).toEqual([]);
  });
});

describe("what throws when it is looked at comes out as an error of ours, without its secret", () => {
  const thrower = () => {
    throw new Error(plantedToken);
  };
  const hostile: [string, () => unknown][] = [
    ["the cause of what fetch throws", () => Object.defineProperty(new Error("failed"), "cause", { get: thrower })],
    [
      "its code",
      () => new TypeError("failed", { cause: Object.defineProperty(new Error(), "code", { get: thrower }) }),
    ],
    ["all of it", () => new Proxy(new Error("failed"), { get: thrower, getPrototypeOf: thrower })],
  ];

  test.each(hostile)("%s", async (_case, thrown) => {
    const fetch = async () => Promise.reject(thrown());
    const { credentials } = createRolloutClient({ token: plantedToken, fetch });
    const failure = await rejection(credentials.create(plantedInput), RolloutNetworkError);
    expect(failure).toMatchObject({ code: "network", attempts: 1, mayHaveSucceeded: true });
    expect(leaks(failure)).toEqual([]);
  });
});
