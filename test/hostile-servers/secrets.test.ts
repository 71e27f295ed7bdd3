import { runInNewContext } from "node:vm";
import {
  createRolloutApi,
  createRolloutClient,
  createTokenSigner,
  type FetchInit,
  RolloutConfigError,
  RolloutError,
} from "rollout-client";
import { afterEach, expect, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";
import { respond, startSocketServer } from "../support/servers.ts";
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

const consoles = (["debug", "log", "info", "warn", "error"] as const).map((method) => vi.spyOn(console, method));
afterEach(() => {
  for (const spy of consoles) expect(spy).not.toHaveBeenCalled();
});

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
  ...[400, 401, 429, 500].map((status): [string, () => Promise<Response>, object] => [
    `responds with a ${status} that echoes every secret`,
    async () => Response.json(echoOfAll.body, { status, headers: echoOfAll.headers }),
    { name: "RolloutApiError", status },
  ]),
  [
    "echoes every secret in a success that is not JSON",
    async () => new Response(`${JSON.stringify(all)}{`),
    { code: "invalid_response" },
  ],
  [
    "redirects to a host that is the token",
    async () => new Response(null, { status: 302, headers: { Location: `https://${plantedToken}` } }),
    { code: "redirected" },
  ],
  [
    "sets a cookie",
    async () => Response.json({}, { status: 400, headers: { "Set-Cookie": plantedToken } }),
    { code: "bad_request" },
  ],
  [
    "nests an echo too deep for JSON.stringify",
    async () => new Response("[".repeat(6_000) + JSON.stringify(plantedToken) + "]".repeat(6_000), { status: 400 }),
    { body: expect.stringContaining("[redacted]") },
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

test.each<[string, Parameters<typeof startSocketServer>[0], object]>([
  [
    "echoes all that it was sent",
    (socket, received) => {
      const { token = "", body, headers } = received;
      const echo = { headers: Object.fromEntries(headers), body, parsed: JSON.parse(body) };
      respond(400, { errors: [{ message: JSON.stringify(echo) }], echo }, { "X-Echo": token })(socket, received);
    },
    { code: "bad_request" },
  ],
  [
    "responds with what was sent, which is not HTTP",
    (socket, { token, body }) => void socket.write(`HTTP/1.1 ${token}\r\n${body}\r\n\r\n`),
    { code: "network" },
  ],
])("no secret can be seen in the error when a real server %s", async (_case, responder, expected) => {
  const server = await startSocketServer(responder);
  const { credentials } = createRolloutClient({ baseUrl: server.url, token: plantedToken, retry: false });
  const error = await rejection(credentials.create(plantedInput), RolloutError);
  expect(error).toMatchObject(expected);
  expect(server.requests[0]?.token).toBe(plantedToken);
  expect(leaks(error)).toEqual([]);
});

test("no secret can be seen in the error of a redirect to a host that is the token, whose capitals the URL loses", async () => {
  const fetch = async () => new Response(null, { status: 302, headers: { Location: "https://Made-Up-Token" } });
  const { credentials } = createRolloutClient({ token: "Made-Up-Token", fetch });
  const error = await rejection(credentials.create(plantedInput), RolloutError);
  expect(error.code).toBe("redirected");
  expect(error.message).not.toMatch(/made-up-token/i);
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

test("what the platform refuses is redacted in the cause of the error", async () => {
  const { api } = createRolloutClient({ token: plantedToken });
  // @ts-expect-error a mode that does not compile, as JavaScript may pass it
  const call = api.POST("/credentials", { body: plantedInput, mode: plantedPassword });
  const error = await rejection(call, RolloutConfigError);
  expect(error).toMatchObject({ option: "request", cause: { message: expect.stringContaining("[redacted]") } });
  expect(leaks(error)).toEqual([]);
});

// A caller without types may pass anything.
const anything = (value: unknown) => value as never;
const client = (options: object) => createRolloutClient(anything({ token: "x", ...options }));
const create = (input: object, options = {}) =>
  client({ token: plantedToken }).credentials.create(anything(input), options);

test.each<[string, () => unknown]>([
  ["a token in the place of the options", () => createRolloutClient(anything(plantedToken))],
  ["a token with a line break", () => client({ token: `${plantedToken}\n` })],
  ["a base URL with a password", () => client({ baseUrl: `https://a:${plantedClientSecret}@b` })],
  ["a base URL with a token", () => client({ baseUrl: `https://b/?${plantedToken}` })],
  ["a header that cannot be sent", () => client({ headers: { "X-Key": `${plantedToken}\n\0` } })],
  ["a credential id of two lines", () => client({ credentialId: `${plantedToken}\n` })],
  ["a secret in the place of a signer's options", () => createTokenSigner(anything(plantedClientSecret))],
  ["a user id in a list", () => createTokenSigner({ clientId: "x", clientSecret: "y" }).sign(anything([plantedToken]))],
  ["an input that fails to become JSON", () => create({ ...plantedInput, toJSON: () => expect.fail(plantedPassword) })],
  ["a signal that is text", () => create(plantedInput, { signal: plantedToken })],
  ["a header of the call", () => create(plantedInput, { headers: { "X-Key": `${plantedPassword}\u2028` } })],
  ["an option that does not exist", () => create(plantedInput, { userInputs: plantedInput.userInputs })],
])("the error of a mistake does not show its value: %s", async (_name, mistake) => {
  expect(leaks(await rejection(async () => mistake(), RolloutConfigError))).toEqual([]);
});
