import { createHmac } from "node:crypto";
import {
  cachedToken,
  createRateLimiter,
  createRolloutApi,
  createRolloutClient,
  createTokenSigner,
  createWebhookVerifier,
  paginate,
  paginateItems,
  type RolloutClient,
  RolloutConfigError,
  RolloutError,
  type RolloutErrorCode,
  unwrap,
} from "rollout-client";
import { createRolloutMock, createTestToken, type MockFault } from "rollout-client/testing";
import { afterEach, expect, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";

// All messages of the package stand in messages.txt: a better sentence is one diff there (`npx vitest run -u test/errors`).
// No other test asserts wording.

const NOON = Date.UTC(2026, 10, 24, 12);
const input = { appKey: "follow-up-boss", userInputs: { apiKey: "key-8261" } };
const signer = createTokenSigner({ clientId: "client", clientSecret: "secret" });

function restore(): void {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  vi.useRealTimers();
}
afterEach(restore);

// Node 20 has none.
const { webSocket } = createRolloutMock().options;

/** A client with any options, as JavaScript may pass them. */
function client(options: object = {}): RolloutClient {
  const all = { token: "a-token", baseUrl: "https://rollout.test/api", retry: false, webSocket, ...options };
  return Reflect.apply(createRolloutClient, undefined, [all]);
}
/** A client whose `fetch` returns this response. */
const responding = (status: number, body?: unknown, headers: Record<string, string> = {}, options: object = {}) =>
  client({ fetch: async () => Response.json(body ?? null, { status, headers }), ...options });
/** A client whose `fetch` throws this. */
const throwing = (thrown: unknown) => client({ fetch: () => Promise.reject(thrown) });
const throwingCode = (code: string, syscall: string) =>
  throwing(new TypeError("fetch failed", { cause: Object.assign(new Error(`${syscall} ${code}`), { code, syscall }) }));
const getPeople = async (people: RolloutClient, init: object = {}, path = "/people") =>
  unwrap(await Reflect.apply(people.api.GET, undefined, [path, init]));
const label = (value: unknown) =>
  value === signer ? "a signer" : value instanceof Promise ? "a Promise" : (JSON.stringify(value) ?? "undefined");
const options = (name: string, ...values: unknown[]) =>
  Object.fromEntries(values.map((value) => [`${name}: ${label(value)}`, () => client({ [name]: value })]));
const create = (value: unknown, given?: object) =>
  Reflect.apply(client().credentials.create, undefined, [value, given]);
const webhook = (body: unknown, signature?: unknown) =>
  Reflect.apply(createWebhookVerifier({ clientSecret: "secret" }).verify, undefined, [body, signature]);

/** A create that asks for a one-time password, whose socket fails like this. */
async function enter(code: string | undefined, fault?: MockFault, given: object = {}): Promise<unknown> {
  const mock = createRolloutMock();
  mock.requireOtp(input.appKey, "123456", Object(given));
  if (fault !== undefined) mock.failNext(fault);
  const rollout = client({ ...mock.options, token: createTestToken("user_1") });
  const challenge = await rollout.credentials.create(input);
  if (code === undefined) return rollout.credentials.create(input, { onOtp: () => undefined, timeout: 20 });
  if (!("otpChallengeId" in challenge)) throw new Error("no challenge came");
  return rollout.credentials.submitOtp(challenge, code, { timeout: 20 });
}

/** A create with `confirm` that ends in a 500, after which these ids are new. */
async function confirmed(...ids: readonly string[] | [undefined]): Promise<unknown> {
  vi.useFakeTimers();
  let lists = 0;
  const fetch = async (_url: string, { method }: RequestInit) => {
    if (method === "POST") return Response.json(null, { status: 500 });
    lists += 1;
    if (lists > 1 && ids[0] === undefined && ids.length === 1) return Response.json(null, { status: 500 });
    return Response.json(lists === 1 ? [] : ids.map((id) => ({ id, appKey: input.appKey })));
  };
  const created = client({ fetch }).credentials.create(input, { confirm: true });
  created.catch(() => {});
  await vi.runAllTimersAsync();
  return created;
}

/** The server's clock is this many seconds ahead. */
function unauthorized(seconds: number, headers: Record<string, string> = {}): Promise<unknown> {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
  const date = new Date(NOON + seconds * 1000).toUTCString();
  return responding(401, null, { Date: date, ...headers }).credentials.list();
}

/** The first delete fails with a 500; the second one finds nothing. */
function deletedTwice(): Promise<unknown> {
  const responses = [Response.json(null, { status: 500 }), Response.json(null, { status: 404 })];
  const fetch = async () => responses.shift();
  return client({ fetch, retry: { limit: 1, maxDelay: 0 } }).credentials.delete("cred_1");
}

async function readAll(read: typeof paginate | typeof paginateItems, page: object): Promise<void> {
  for await (const _ of Reflect.apply(read, undefined, [responding(200, page).api, "/people"]));
}

function inBrowser(): void {
  vi.stubGlobal("window", {});
  vi.stubGlobal("document", {});
}

type Cases = Readonly<Record<string, () => unknown>>;

// RolloutPopupError has no maker here: a browser throws it.
const cases: Readonly<Record<Exclude<RolloutErrorCode, `popup_${string}` | "authorization_failed">, Cases>> = {
  invalid_config: {
    "no options": () => Reflect.apply(createRolloutClient, undefined, []),
    "an unknown option": () => client({ tokn: "t" }),
    ...options("baseURL", "https://rollout.test"),
    ...options("maxRetries", 1),
    ...options("clientId", "client"),
    "an unknown option of retry": () => client({ retry: { times: 3 } }),
    "an option of another operation": () => create(input, { waitUntilReady: 1 }),
    ...options("token", undefined, null, "", "Bearer t", "two\nlines", 7, Promise.resolve("t"), signer),
    ...Object.fromEntries(
      [undefined, null, "", "Bearer t", signer].map((token) => [
        `the token function returns ${label(token)}`,
        () => client({ token: () => token }).credentials.list(),
      ]),
    ),
    "fetchToken is missing": () => Reflect.apply(cachedToken, undefined, []),
    "createRolloutApi without baseUrl": () => Reflect.apply(createRolloutApi, undefined, [{ token: "t" }]),
    ...options("baseUrl", "rollout.test", "http://rollout.test", "https://user:pass@rollout.test", "https://a.test?b"),
    "baseUrl of another origin": () => getPeople(client(), { baseUrl: "https://elsewhere.test" }),
    ...options("headers", "a: b"),
    "headers with Authorization": () => client({ headers: { Authorization: "Bearer t" } }),
    ...options("credentialId", "", null),
    ...options("dangerouslyAllowHttp", "yes"),
    ...options("fetch", "fetch"),
    ...options("logger", "console"),
    ...options("maxResponseBytes", 0),
    ...options("onCall", "log"),
    ...options("rateLimiter", {}),
    ...options("retry", 2),
    ...options("timeout", 0),
    ...options("waitUntilReady", -1),
    ...options("webSocket", "ws"),
    "retry.limit": () => client({ retry: { limit: -1 } }),
    "retry.maxDelay": () => client({ retry: { maxDelay: -1 } }),
    confirm: () => create(input, { confirm: "yes" }),
    onOtp: () => create(input, { onOtp: "123456" }),
    signal: () => create(input, { signal: {} }),
    parseAs: () => getPeople(client(), { parseAs: "xml" }),
    requestsPerSecond: () => createRateLimiter({ requestsPerSecond: 0 }),
    expiresIn: () => createTokenSigner({ expiresIn: 0 }),
    "a platform without WebSocket": () => {
      vi.stubGlobal("WebSocket", undefined);
      return client({ webSocket: undefined }).credentials.submitOtp("otp_1", "123456");
    },
    "clientId is nowhere": () => {
      vi.stubEnv("ROLLOUT_CLIENT_ID", undefined);
      return createTokenSigner({ clientSecret: "s" }).sign("user_1");
    },
    "clientSecret is empty": () => createTokenSigner({ clientId: "c", clientSecret: "" }),
    "clientSecret in quotes": () => createTokenSigner({ clientId: "c", clientSecret: '"secret"' }),
    "clientSecret of the environment ends in a newline": () => {
      vi.stubEnv("ROLLOUT_CLIENT_SECRET", "secret\n");
      return createTokenSigner({ clientId: "c" }).sign("user_1");
    },
    "clientSecret in a browser": () => {
      inBrowser();
      return createTokenSigner({ clientId: "c", clientSecret: "s" });
    },
    "webhooks in a browser": () => {
      inBrowser();
      return createWebhookVerifier({ clientSecret: "s" });
    },
    "middleware reads the request": () => {
      const people = client();
      people.api.use({ onRequest: ({ request }) => void request.text() });
      return people.api.POST("/credentials", { body: input });
    },
    "fetch refuses the request": () => getPeople(client(), { cache: "only-if-cached" }),
    "fetch refuses an agent": () => throwing(new TypeError("dispatcher.dispatch is not a function")).credentials.list(),
  },
  invalid_input: {
    "no input": () => create(undefined),
    "no appKey": () => create({ userInputs: {} }),
    "no userInputs": () => create({ appKey: "gmail" }),
    "a number in userInputs": () => create({ appKey: "gmail", userInputs: { apiKey: 7 } }),
    "no input of another operation": () => Reflect.apply(client().credentials.update, undefined, ["cred_1"]),
    "an unknown key": () => Reflect.apply(client().credentials.list, undefined, [{ app: "gmail" }]),
    "no credentialId": () => Reflect.apply(client().credentials.delete, undefined, []),
    "an empty code": () => client().credentials.submitOtp("otp_1", " "),
    "no challenge": () => Reflect.apply(client().credentials.submitOtp, undefined, [undefined, "123456"]),
    "no userId": () => Reflect.apply(signer.forUser, undefined, []),
    "an empty userId": () => signer.forUser(""),
    "a missing path parameter": () => getPeople(client(), {}, "/people/{personId}"),
    "an empty path parameter": () => getPeople(client(), { params: { path: { personId: "" } } }, "/people/{personId}"),
    "no path": () => Reflect.apply(client().api.GET, undefined, []),
    "no method": () => Reflect.apply(client().api.request, undefined, []),
    "a newline in the method": () => Reflect.apply(client().api.request, undefined, ["GET\n", "/people"]),
    "a newline in the path": () => getPeople(client(), {}, "/people\n"),
    "a Map in the query": () => getPeople(client(), { params: { query: { since: new Map() } } }),
    "a body that is no JSON": () =>
      Reflect.apply(client().api.POST, undefined, ["/credentials", { body: { size: 7n } }]),
    "a webhook without a body": () => webhook(undefined, "0"),
  },
  bad_request: {
    "a reason": () => responding(400, { errors: [{ message: "Unknown appKey." }] }).credentials.create(input),
    "reasons with paths": () =>
      responding(422, {
        errors: [{ path: "/email", message: "is no email" }, { message: "is old" }],
      }).credentials.list(),
    "a reason that echoes what the user entered": () =>
      responding(400, { errorMessage: "key-8261 is wrong" }).credentials.create(input),
    "many reasons, long, on several lines": () => {
      const messages = [" Line one.\r\n\tLine two.\u0007", "x".repeat(201), "y".repeat(200), "four", "five"];
      return responding(400, { errors: messages.map((message) => ({ message })) }).credentials.create(input);
    },
    "no reason": () => responding(400).credentials.create(input),
  },
  unauthorized: {
    "a clock that is right": () => unauthorized(0),
    "a clock that is 60 s off": () => unauthorized(60),
    "a clock that is 61 s slow": () => unauthorized(61),
    "a clock that is 2 h fast": () => unauthorized(-7_200),
    "a clock that is right, and a response from a cache": () => unauthorized(-7200, { Age: "7200" }),
  },
  forbidden: { "no reason": () => responding(403).credentials.list() },
  not_found: {
    "no reason": () => responding(404).credentials.delete("cred_1"),
    "after an attempt that may have taken effect": () => deletedTwice(),
  },
  conflict: {
    "an operation": () => responding(409).credentials.create(input),
    "api, without waitUntilReady": () => getPeople(responding(409)),
    "api, with waitUntilReady": () => getPeople(responding(409, null, { "Retry-After": "9" }, { waitUntilReady: 100 })),
  },
  rate_limited: {
    "without Retry-After": () => responding(429).credentials.list(),
    "with Retry-After": () => responding(429, null, { "Retry-After": "7" }).credentials.create(input),
  },
  server_error: {
    "a create": () => responding(500, { errors: [{ message: "Oops." }] }).credentials.create(input),
    "a create with a request id": () => responding(502, null, { "X-Request-Id": "req_1" }).credentials.create(input),
    "a list with a request id": () => responding(500, null, { "CF-Ray": "ray_1" }).credentials.list(),
    "an update with Retry-After": () =>
      responding(503, null, { "Retry-After": "3600" }).credentials.update("cred_1", { entitiesToSync: {} }),
    "after confirm found nothing": () => confirmed(),
    "after confirm found several": () => confirmed("cred_1", "cred_2"),
    "after confirm could not look": () => confirmed(undefined),
  },
  unexpected_status: {
    "a create": () => responding(408, null, { "X-Request-Id": "req_1" }).credentials.create(input),
    "a list": () => responding(418).credentials.list(),
  },
  network: {
    "a name that DNS does not know": () => throwingCode("ENOTFOUND", "getaddrinfo").credentials.create(input),
    "a refused connection": () => throwingCode("ECONNREFUSED", "connect").credentials.list(),
    "a proxy that refuses": () =>
      throwing(new TypeError("fetch failed", { cause: new Error("Proxy response (407) !== 200") })).credentials.list(),
    "a lost connection of a create": () => throwingCode("ECONNRESET", "read").credentials.create(input),
    "a lost connection of a list": () => throwingCode("ECONNRESET", "read").credentials.list(),
    "a lost connection of a delete": () => throwingCode("ECONNRESET", "read").credentials.delete("cred_1"),
    "the fetch option throws": () => throwing(new ReferenceError("agent is not defined")).credentials.create(input),
    "the platform's fetch throws the same": () => {
      vi.stubGlobal("fetch", () => Promise.reject(new ReferenceError("agent is not defined")));
      return client().credentials.create(input);
    },
    "a browser that does not say why": () => {
      inBrowser();
      vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
      return client().credentials.create(input);
    },
    "a browser that does not say why, through the fetch option": () => {
      inBrowser();
      return throwing(new TypeError("Failed to fetch")).credentials.create(input);
    },
    "an error in a browser that has a cause": () => {
      inBrowser();
      return throwingCode("ECONNRESET", "read").credentials.list();
    },
    "fetch returns nothing": () => client({ fetch: async () => undefined }).credentials.create(input),
  },
  timeout: {
    "a create": () => client({ fetch: () => new Promise(() => {}), timeout: 5 }).credentials.create(input),
    "a list": () => client({ fetch: () => new Promise(() => {}), timeout: 5 }).credentials.list(),
    "the token": () => client({ token: () => new Promise(() => {}), timeout: 5 }).credentials.create(input),
  },
  invalid_response: {
    "a create": () => responding(200, {}, { "X-Request-Id": "req_1" }).credentials.create(input),
    "a list": () => responding(200, {}).credentials.list(),
    connectors: () => responding(200, []).connectors.list(),
    authorizeUrl: () => responding(200, { url: "javascript:" }).credentials.authorizeUrl({ appKey: "hubspot" }),
    HTML: () => client({ fetch: async () => new Response("<html>") }).credentials.list(),
    "not UTF-8": () => client({ fetch: async () => new Response(Uint8Array.of(0xff)) }).credentials.create(input),
    "a form that is none": () => getPeople(client({ fetch: async () => new Response("a") }), { parseAs: "formData" }),
    "fetch returns a body of another kind": () =>
      client({ fetch: async () => ({ status: 200, headers: new Headers(), body: "{}" }) }).credentials.list(),
    "longer than maxResponseBytes": () => responding(200, [], {}, { maxResponseBytes: 1 }).credentials.list(),
    "an encoding that is wrong": () =>
      client({
        fetch: async () =>
          new Response(
            new ReadableStream({
              pull: () => Promise.reject(Object.assign(new Error("incorrect header check"), { code: "Z_DATA_ERROR" })),
            }),
          ),
      }).credentials.list(),
    "a page without one array": () => readAll(paginateItems, { people: [], offices: [] }),
    "a page that names itself": () => readAll(paginate, { people: [], _metadata: { next: "a" } }),
    "a page whose next is rounded": () => readAll(paginate, { people: [], _metadata: { next: 2 ** 60 } }),
  },
  redirected: {
    "to another host": () =>
      responding(302, null, { Location: "https://login.test/?token=1" }).credentials.create(input),
    "to nowhere": () => responding(302).credentials.list(),
    "to what is no URL": () => responding(302, null, { Location: "mailto:a@b.test" }).credentials.list(),
  },
  otp_rejected: { "a wrong code": () => enter("000000") },
  otp_cancelled: { "no code": () => enter(undefined) },
  otp_failed: {
    "the server refuses the credential": () =>
      enter("123456", undefined, { refuseCredential: "The account is locked." }),
    "no connection": () => enter("123456", { on: "otp", fault: "refused" }),
    "a connection that closes after the code": () => enter("123456", { on: "otp", fault: "reset" }),
    "silence after the code": () => enter("123456", { on: "otp", fault: "hang" }),
  },
  invalid_signature: {
    "no signature": () => webhook("{}"),
    "no digest": () => webhook("{}", "sha256=1"),
    "another secret": () => webhook("{}", "0".repeat(64)),
  },
  invalid_payload: {
    "no JSON": () => webhook("text", createHmac("sha256", "secret").update("text").digest("hex")),
  },
};

test("every message, word for word", async () => {
  const lines: string[] = [];
  for (const [code, variants] of Object.entries(cases)) {
    lines.push(`\n${code}`);
    for (const [title, provoke] of Object.entries(variants)) {
      const error = await rejection(async () => provoke(), RolloutError);
      expect([title, error.code]).toEqual([title, code]);
      if (error instanceof RolloutConfigError) expect(error.message.startsWith(`${error.option} `)).toBe(true);
      expect(error.message).not.toMatch(/key-8261|a-token|\n/);
      lines.push(`- ${title}`, `  ${error.message}`);
      restore();
    }
  }
  await expect(`${lines.join("\n").trim()}\n`).toMatchFileSnapshot("messages.txt");
});
