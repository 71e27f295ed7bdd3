import { createRolloutApi, createRolloutClient, RolloutError, RolloutNetworkError, unwrap } from "rollout-client";
import { describe, expect, test } from "vitest";
import { rejection } from "../support/rejection.ts";
import type { ThingPaths } from "../support/things.ts";

const input = { appKey: "gmail", userInputs: { apiKey: "sk_secret_1" } };
const credential = { id: "cred_1" };
const refusal = { errors: [{ message: "the key sk_secret_1 is wrong" }] };

function clientOf(give: () => unknown) {
  // What a `fetch` of JavaScript gives is not always what its type says.
  const fetch = async () => give() as Response;
  return createRolloutClient({ token: "made-up", fetch, retry: { maxDelay: 0 } });
}

function thingsOf(give: () => Response) {
  return createRolloutApi<ThingPaths>({
    baseUrl: "https://rollout.test/api",
    token: "made-up",
    fetch: async () => give(),
  });
}

/** As the fetch of a framework hands out answers: each member is one of the answer behind. */
function proxyOf(response: Response): Response {
  return new Proxy(response, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

describe.each([
  ["a proxy", proxyOf],
  ["frozen", (response: Response) => Object.freeze(response)],
])("an answer that is %s", (_kind, wrap) => {
  test("is read like any other", async () => {
    const { api, credentials } = clientOf(() => wrap(Response.json(credential)));
    await expect(credentials.create(input)).resolves.toEqual(credential);
    const { response } = await api.POST("/credentials", { body: input });
    expect([response.status, response.ok, response.bodyUsed]).toEqual([200, true, true]);
  });

  test("has the secrets taken out of its reasons and headers", async () => {
    const headers = { "X-Echo": "sk_secret_1", "X-Request-Id": "request-1" };
    const { api, credentials } = clientOf(() => wrap(Response.json(refusal, { status: 400, headers })));
    await expect(credentials.create(input)).rejects.toMatchObject({
      code: "bad_request",
      method: "POST",
      requestId: "request-1",
      errors: [{ message: "the key [redacted] is wrong" }],
    });
    const { error, response } = await api.POST("/credentials", { body: input });
    expect(response.headers.get("x-echo")).toBe("[redacted]");
    expect(JSON.stringify(error)).not.toContain("sk_secret_1");
  });

  test("keeps a status that no constructor takes", async () => {
    const odd = Object.defineProperty(Response.json(refusal, { status: 500 }), "status", { value: 999 });
    const { credentials } = clientOf(() => wrap(odd));
    await expect(credentials.create(input)).rejects.toMatchObject({ code: "unexpected_status", status: 999 });
  });
});

test.each([200, 404])("a fetch that returns the same Response twice, of status %i, is told so", async (status) => {
  const shared = Response.json(status === 200 ? credential : refusal, { status });
  const { api } = clientOf(() => shared);
  await api.POST("/credentials", { body: input });
  const failure = await rejection(api.POST("/credentials", { body: input }), RolloutNetworkError);
  expect(failure).toMatchObject({ code: "network", attempts: 1, mayHaveSucceeded: true });
  expect(failure.cause).toMatchObject({ message: "fetch returned a Response whose body was read before" });
});

describe("a fetch that gives no Response", () => {
  const noResponses: [string, unknown][] = [
    ["nothing", undefined],
    ["null", null],
    ["a string", "text"],
    ["an object without a body", { ok: true, status: 200, headers: new Headers(), json: async () => credential }],
    ["an object without headers", { ok: true, status: 200, body: null }],
    ["an object without a status", { ok: true, headers: new Headers(), body: null }],
  ];
  test.each(noResponses)("%s: says so, and is not asked again", async (_kind, given) => {
    let calls = 0;
    const { api } = clientOf(() => {
      calls += 1;
      return given;
    });
    const error = await rejection(api.POST("/credentials", { body: input }), RolloutNetworkError);
    expect(error).toMatchObject({ code: "network", mayHaveSucceeded: true });
    expect(error.message).toContain("not a usable Response");
    expect(calls).toBe(1);
  });

  test("an object that fails when it is looked at gives an error of ours", async () => {
    const given = Object.defineProperty(Response.json(credential), "status", {
      get(): never {
        throw new Error("not to be read");
      },
    });
    await rejection(clientOf(() => given).credentials.create(input), RolloutError);
  });
});

describe("an answer without a body", () => {
  test.each([204, 205])("has none for middleware either: %i", async (status) => {
    const things = thingsOf(() => new Response(null, { status }));
    things.use({ onResponse: ({ response }) => new Response(response.body, response) });
    const result = await things.POST("/things", {});
    expect(result.response.body).toBeNull();
    expect(unwrap(result)).toBeUndefined();
  });
});

test("a body that cannot be given up harms neither the process nor the calls that share its signal", async () => {
  const controller = new AbortController();
  const reader = { read: () => new Promise(() => {}), cancel: () => undefined };
  const stubborn = { status: 200, ok: true, headers: new Headers(), body: { getReader: () => reader } };
  const waiting = [clientOf(() => stubborn), clientOf(() => new Promise(() => {}))].map(({ credentials }) =>
    expect(credentials.create(input, { signal: controller.signal })).rejects.toBe("enough"),
  );
  await new Promise(setImmediate);
  controller.abort("enough");
  await Promise.all(waiting);
});

test("a secret in the reason phrase is taken out of it", async () => {
  const { api } = clientOf(() => Response.json(refusal, { status: 400, statusText: "bad sk_secret_1" }));
  const { response } = await api.POST("/credentials", { body: input });
  expect(response.statusText).toBe("bad [redacted]");
});

test("an error of more than 256 KiB keeps its status, and nothing of its body is searched or kept", async () => {
  const long = () => new Response("x".repeat(256 * 1024 + 1), { status: 422 });
  const { credentials } = clientOf(long);
  await expect(credentials.create(input)).rejects.toMatchObject({
    code: "bad_request",
    body: undefined,
    cause: { message: "the body is longer than 262144 bytes" },
  });
});
