import { inspect } from "node:util";
import { runInNewContext } from "node:vm";
import {
  createRolloutApi,
  createRolloutClient,
  createTokenSigner,
  type FetchInit,
  RolloutApiError,
  RolloutConfigError,
  RolloutError,
  RolloutNetworkError,
  RolloutResponseError,
} from "rollout-client";
import { afterEach, describe, expect, test, vi } from "vitest";
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

/** What a caller has in hand after a failure: the error, what `api` resolves to or rejects with, and the log. */
async function observe(fetch: (url: string, init: FetchInit) => Promise<Response>) {
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  const { api, credentials } = createRolloutClient({
    token: () => plantedToken,
    fetch,
    logger: { debug: log, warn: log },
    retry: false,
  });
  const error = await rejection(credentials.create(plantedInput), RolloutError);
  const result = await api.POST("/credentials", { body: plantedInput }).catch((thrown: unknown) => thrown);
  return { error, seen: [error, lines, ...shown(result)], lines };
}

/** A result of `api` without the inner parts of its response, which are the platform's. */
function shown(result: unknown): unknown[] {
  if (typeof result !== "object" || result === null || !("response" in result)) return [result];
  const { response, ...rest } = result;
  return response instanceof Response ? [rest, response.headers] : [rest];
}

describe("no secret can be seen in", () => {
  test.each([
    ["a string", plantedToken],
    ["a function", () => plantedToken],
  ])("a client whose token is %s", async (_name, token) => {
    const fetch = async () => Response.json({ id: "credential-1" });
    const client = createRolloutClient({ token, fetch });
    const api = createRolloutApi<ThingPaths>({ baseUrl: "https://rollout.test/api", token, fetch });
    await client.credentials.create(plantedInput);
    await api.GET("/things");
    expect(leaks(client, client.api, client.credentials, api)).toEqual([]);
  });

  test("a token signer and its token sources, whose tokens are secrets too", async () => {
    const signer = createTokenSigner({ clientId: "client-1", clientSecret: plantedClientSecret });
    const source = signer.forUser("user-1");
    const token = await source();
    expect(leaks(signer, signer.sign, source, token)).toEqual([]);
    expect(JSON.stringify([signer, source])).not.toContain(token);
  });

  const sent = [plantedToken, plantedPassword, ...plantedInput.userInputs.teams, plantedBody].join(" and ");
  test.each([400, 401, 429, 500])("what a caller gets of a %i that echoes every secret", async (status) => {
    const headers = { "X-Echo": encodeURIComponent(sent), "Set-Cookie": plantedToken, "X-Request-Id": plantedToken };
    const body = { errors: [{ message: `no: ${sent}` }], echo: sent };
    const { error, seen, lines } = await observe(async () => Response.json(body, { status, headers }));
    expect(error).toMatchObject({ name: "RolloutApiError", status });
    expect(leaks(...seen)).toEqual([]);
    expect(lines).not.toHaveLength(0);
  });

  test.each<[string, () => Response]>([
    ["a success that is not JSON", () => new Response(`${JSON.stringify(sent)}{`)],
    ["a redirect", () => new Response(null, { status: 302, headers: { Location: `https://${plantedToken}` } })],
  ])("what a caller gets of an echo in %s", async (_name, respond) => {
    const { error, seen } = await observe(async () => respond());
    expect(error).toBeInstanceOf(RolloutResponseError);
    expect(leaks(...seen)).toEqual([]);
  });

  test("the error of an echo of all that a real server was sent", async () => {
    const server = await startSocketServer((socket, request) => {
      const { token = "", body, headers } = request;
      const echo = { headers: Object.fromEntries(headers), body, parsed: JSON.parse(body) };
      const reasons = { errors: [{ message: JSON.stringify(echo) }], echo };
      respond(400, reasons, { "X-Echo": token })(socket, request);
    });
    const { credentials } = createRolloutClient({ baseUrl: server.url, token: plantedToken });
    const error = await rejection(credentials.create(plantedInput), RolloutApiError);
    expect(server.requests[0]?.token).toBe(plantedToken);
    expect(leaks(error)).toEqual([]);
  });

  test("an echo of inputs that a serializer sent in another form than JSON", async () => {
    const fetch = async () => Response.json({ message: plantedPassword }, { status: 400 });
    const { api } = createRolloutClient({ token: "made-up", fetch });
    const { error } = await api.POST("/credentials", { body: plantedInput, bodySerializer: () => new FormData() });
    expect(error).toEqual({ message: "[redacted]" });
  });

  test("an echo of the caller's own secret headers", async () => {
    const fetch = async (_url: string, { headers }: FetchInit) =>
      Response.json({ message: [...headers.values()].join(" and ") }, { status: 400 });
    const { api } = createRolloutClient({ token: "made-up", fetch });
    const headers = { Cookie: plantedToken, "Proxy-Authorization": plantedClientSecret, "X-Api-Key": plantedList[0] };
    const { error } = await api.POST("/credentials", { body: plantedInput, headers });
    expect(leaks(error)).toEqual([]);
  });

  test("an echo of customParams", async () => {
    const customParams = { deep: { password: [plantedPassword] } };
    const fetch = async () => Response.json({ message: plantedPassword }, { status: 400 });
    const { credentials } = createRolloutClient({ token: "made-up", fetch });
    const error = await rejection(credentials.authorizeUrl({ appKey: "gmail", customParams }), RolloutApiError);
    expect(leaks(error)).toEqual([]);
  });

  test("an error whose response sets a cookie", async () => {
    const init = { status: 400, headers: { "Set-Cookie": "session=0123456789" } };
    const { seen } = await observe(async () => Response.json({}, init));
    expect(inspect(seen) + JSON.stringify(seen)).not.toContain("0123456789");
  });

  test("an error of a body that is nested too deep for JSON.stringify", async () => {
    const body = `${"[".repeat(6_000)}${JSON.stringify(plantedPassword)}${"]".repeat(6_000)}`;
    const { error } = await observe(async () => new Response(body, { status: 400 }));
    expect(error).toHaveProperty("body", expect.stringContaining("[redacted]"));
    expect(leaks(error)).toEqual([]);
  });

  test("an echo of the token that was rejected before", async () => {
    const token = ({ refresh }: { refresh: boolean }) => (refresh ? "made-up-new" : plantedToken);
    const fetch = async (_url: string, { headers }: FetchInit) =>
      headers.get("Authorization") === "Bearer made-up-new"
        ? Response.json({ errorMessage: `made-up-new is no better than ${plantedToken}` }, { status: 403 })
        : Response.json({}, { status: 401 });
    const error = await rejection(
      createRolloutClient({ token, fetch }).credentials.create(plantedInput),
      RolloutApiError,
    );
    expect(error.errors).toEqual([{ message: "[redacted] is no better than [redacted]" }]);
  });
});

const request = () => new Request("https://example.com", { headers: { Authorization: `Bearer ${plantedToken}` } });
const jsonWebToken = "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJ1c2VyLTEifQ.c2lnbmF0dXJl";

describe("no secret is left in the cause when", () => {
  test.each<[string, () => unknown]>([
    ["an error with the request", () => Object.assign(new TypeError("failed"), { request: request() })],
    ["an error that quotes the request", () => new Error(`POST with Bearer ${plantedToken} and ${plantedBody} failed`)],
    ["an error of many", () => new AggregateError([new Error(plantedToken), plantedBody], plantedPassword)],
    ["an error caused by an object", () => new Error("failed", { cause: { request: request() } })],
    ["an error that shows itself", () => Object.assign(new Error("failed"), { toJSON: () => plantedBody })],
    ["the request itself", request],
    [
      "an error with the request in another realm",
      () => runInNewContext("Object.assign(new Error(s), { s })", { s: plantedToken }),
    ],
    ["undefined", () => undefined],
  ])("fetch throws %s", async (_name, thrown) => {
    const { error, seen, lines } = await observe(() => Promise.reject(thrown()));
    expect(error).toBeInstanceOf(RolloutNetworkError);
    expect(error.cause).toBeInstanceOf(Error);
    expect(leaks(...seen)).toEqual([]);
    expect(lines).toHaveLength(2);
  });

  const thrown = Object.assign(new Error(`no good: ${plantedToken}`), { sent: plantedBody });
  const broken = () => new ReadableStream({ pull: () => Promise.reject(thrown) });
  test("the body of an error response breaks off", async () => {
    const { error, seen } = await observe(async () => new Response(broken(), { status: 400 }));
    expect(error).toMatchObject({ name: "RolloutApiError", cause: { message: "no good: [redacted]" } });
    expect(leaks(...seen)).toEqual([]);
  });

  test("fetch throws a token that the call never had", async () => {
    const { error, seen } = await observe(() => Promise.reject(new Error(`Bearer ${jsonWebToken} is no use`)));
    expect(error.cause).toMatchObject({ message: "Bearer [redacted] is no use" });
    expect(inspect(seen) + JSON.stringify(seen)).not.toContain(jsonWebToken);
  });

  test("the platform refuses the request", async () => {
    const { api } = createRolloutClient({ token: plantedToken });
    // @ts-expect-error a mode that does not compile, as JavaScript may pass it
    const call = api.POST("/credentials", { body: plantedInput, mode: plantedPassword });
    const error = await rejection(call, RolloutConfigError);
    expect(error).toMatchObject({ option: "request", cause: { message: expect.stringContaining("[redacted]") } });
    expect(leaks(error)).toEqual([]);
  });

  test("the server's response is not HTTP", async () => {
    const server = await startSocketServer((socket, { token, body }) => {
      socket.write(`HTTP/1.1 ${token}\r\n${body}\r\n\r\n`);
    });
    const { credentials } = createRolloutClient({ token: plantedToken, baseUrl: server.url, retry: false });
    expect(leaks(await rejection(credentials.create(plantedInput), RolloutNetworkError))).toEqual([]);
  });
});

describe("no mistake is shown with its value:", () => {
  const fetch = async () => Response.json({});
  // A caller without types may pass anything.
  const anything = (value: unknown) => value as never;
  const client = (options: object) => createRolloutClient(anything({ token: "x", fetch, ...options }));
  const create = (input: unknown, options = {}) =>
    client({ token: plantedToken }).credentials.create(anything(input), options);
  const unserializable = () => {
    throw new Error(plantedPassword);
  };
  test.each<[string, () => unknown]>([
    ["a token in the place of the options", () => createRolloutClient(anything(plantedToken))],
    ["a token with a line break", () => client({ token: `${plantedToken}\n` })],
    ["a base URL with a password", () => client({ baseUrl: `https://a:${plantedClientSecret}@b` })],
    ["a base URL with a token", () => client({ baseUrl: `https://b/?${plantedToken}` })],
    ["a header that cannot be sent", () => client({ headers: { "X-Key": `${plantedToken}\n\0` } })],
    ["a credential id of two lines", () => client({ credentialId: `${plantedToken}\n` })],
    ["a secret in the place of a signer's options", () => createTokenSigner(anything(plantedClientSecret))],
    [
      "a user id in a list",
      () => createTokenSigner({ clientId: "x", clientSecret: "y" }).sign(anything([plantedToken])),
    ],
    ["an input that fails to become JSON", () => create({ ...plantedInput, toJSON: unserializable })],
    ["a signal that is text", () => create(plantedInput, { signal: plantedToken })],
    ["a header of the call", () => create(plantedInput, { headers: { "X-Key": `${plantedPassword}\u2028` } })],
    ["an option that does not exist", () => create(plantedInput, { userInputs: plantedInput.userInputs })],
  ])("%s", async (_name, mistake) => {
    const error = await rejection((async () => mistake())(), RolloutConfigError);
    expect(leaks(error)).toEqual([]);
  });
});
