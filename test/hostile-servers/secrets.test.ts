import { runInNewContext } from "node:vm";
import {
  createRolloutApi,
  createRolloutClient,
  createTokenSigner,
  type FetchInit,
  RolloutConfigError,
  RolloutError,
} from "rollout-client";
import { expect, test } from "vitest";
import { rejection } from "../support/rejection.ts";
import { startSocketServer } from "../support/servers.ts";
import type { ThingPaths } from "../support/things.ts";
import {
  leaks,
  plantedBody,
  plantedClientSecret,
  plantedInput,
  plantedList,
  plantedPassword,
  plantedToken,
} from "./planted-secrets.ts";

const all = [plantedToken, plantedPassword, ...plantedList, plantedBody].join(" and ");
const echoOfAll = {
  headers: { "X-Echo": encodeURIComponent(all), "Set-Cookie": plantedToken, "X-Request-Id": plantedToken },
  body: { errors: [{ message: `no: ${all}` }], echo: all },
};
const request = () => new Request("https://example.com", { headers: { Authorization: `Bearer ${plantedToken}` } });
const throwing = (thrown: unknown) => () => Promise.reject(thrown);
const brokenBody = () =>
  new ReadableStream({
    pull: () => Promise.reject(Object.assign(new Error(`no good: ${plantedToken}`), { sent: plantedBody })),
  });

/** What a server or a `fetch` does with a create, and what the error of the call has. */
test.each<[string, (url: string, init: FetchInit) => Promise<Response>, object]>([
  [
    "responds with a 400 that echoes every secret",
    async () => Response.json(echoOfAll.body, { status: 400, headers: echoOfAll.headers }),
    { name: "RolloutApiError", status: 400 },
  ],
  [
    "echoes every secret in a success that is not JSON",
    async () => new Response(`${JSON.stringify(all)}{`),
    { code: "invalid_response" },
  ],
  [
    "breaks off the body of an error with a secret",
    async () => new Response(brokenBody(), { status: 400 }),
    { name: "RolloutApiError", cause: { message: "no good: [redacted]" } },
  ],
  ["throws an error with the request", throwing(Object.assign(new Error(), { request: request() })), {}],
  ["throws an error that quotes the request", throwing(new Error(`Bearer ${plantedToken} ${plantedBody}`)), {}],
  ["throws an error of many", throwing(new AggregateError([new Error(plantedToken)], plantedPassword)), {}],
  ["throws an error caused by a request", throwing(new Error("no", { cause: { request: request() } })), {}],
  ["throws an error that shows itself", throwing(Object.assign(new Error(), { toJSON: () => plantedBody })), {}],
  ["throws a request", throwing(request()), { cause: { message: "a thrown object" } }],
  ["throws a secret", throwing(`no ${plantedToken}`), { cause: { message: "no [redacted]" } }],
  ["throws a symbol", throwing(Symbol(plantedToken)), { cause: { message: "a thrown symbol" } }],
  ["throws null", throwing(null), { cause: { message: "a thrown null" } }],
  ["throws undefined", throwing(undefined), { cause: expect.any(Error) }],
  ["throws a DOMException", throwing(new DOMException(plantedToken, "A")), { cause: { message: "[redacted]" } }],
  [
    "throws an error of another realm",
    throwing(runInNewContext("Object.assign(new TypeError(s), { s })", { s: plantedToken })),
    { cause: { name: "TypeError", message: "[redacted]" } },
  ],
  [
    "throws an error that cannot be read",
    throwing(Object.defineProperty({}, "message", { get: () => expect.fail(plantedToken) })),
    { cause: { message: "a thrown object" } },
  ],
])("no secret can be seen in an error, a result or a log line when fetch %s", async (_case, fetch, expected) => {
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  const logger = { debug: log, warn: log };
  const { api, credentials } = createRolloutClient({ token: () => plantedToken, fetch, logger, retry: false });
  const error = await rejection(credentials.create(plantedInput), RolloutError);
  expect(error).toMatchObject(expected);
  const result: unknown = await api.POST("/credentials", { body: plantedInput }).catch((thrown: unknown) => thrown);
  // The inner parts of a response are the platform's.
  const { response, ...rest } = Object(result);
  expect(leaks(error, lines, response instanceof Response ? [rest, response.headers] : result)).toEqual([]);
  expect(lines).not.toHaveLength(0);
});

test("no secret can be seen in the error when a server responds with what was sent, which is not HTTP", async () => {
  const server = await startSocketServer((socket, { token, body }) => {
    socket.write(`HTTP/1.1 ${token}\r\n${body}\r\n\r\n`);
  });
  const { credentials } = createRolloutClient({ baseUrl: server.url, token: plantedToken, retry: false });
  const error = await rejection(credentials.create(plantedInput), RolloutError);
  expect([error.code, server.requests[0]?.token]).toEqual(["network", plantedToken]);
  expect(leaks(error)).toEqual([]);
});

test.each([plantedToken, () => plantedToken])("no secret can be seen in a client whose token is %o", async (token) => {
  const fetch = async () => Response.json({ id: "credential-1" });
  const client = createRolloutClient({ token, fetch });
  const api = createRolloutApi<ThingPaths>({ baseUrl: "https://rollout.test/api", token, fetch });
  await client.credentials.create(plantedInput);
  await api.GET("/things");
  expect(leaks(client, client.api, client.credentials, api)).toEqual([]);
});

test("no secret can be seen in a token signer and its token sources, whose tokens are secrets too", async () => {
  const signer = createTokenSigner({ clientId: "client-1", clientSecret: plantedClientSecret });
  const source = signer.forUser("user-1");
  const token = await source();
  expect(leaks(signer, signer.sign, source, token)).toEqual([]);
  expect(JSON.stringify([signer, source])).not.toContain(token);
});

// A caller without types may pass anything.
const anything = (value: unknown) => value as never;
const client = (options: object) => createRolloutClient(anything({ token: "x", ...options }));
const create = (input: object, options = {}) =>
  client({ token: plantedToken }).credentials.create(anything(input), options);

test.each<[string, () => unknown]>([
  ["a credential id of two lines", () => client({ credentialId: `${plantedToken}\n` })],
  ["a secret in the place of a signer's options", () => createTokenSigner(anything(plantedClientSecret))],
  ["a user id in a list", () => createTokenSigner({ clientId: "x", clientSecret: "y" }).sign(anything([plantedToken]))],
  ["an input that fails to become JSON", () => create({ ...plantedInput, toJSON: () => expect.fail(plantedPassword) })],
  ["a signal that is text", () => create(plantedInput, { signal: plantedToken })],
  [
    "a mode",
    () =>
      client({ token: plantedToken }).api.POST("/credentials", { body: plantedInput, mode: anything(plantedPassword) }),
  ],
])("the error of a mistake does not show its value: %s", async (_name, mistake) => {
  expect(leaks(await rejection(async () => mistake(), RolloutConfigError))).toEqual([]);
});
