import { createRolloutApi, createRolloutClient, RolloutError, unwrap } from "rollout-client";
import { afterEach, describe, expect, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";
import { json, startHttpServer } from "../support/servers.ts";
import type { ThingPaths } from "../support/things.ts";

const input = { appKey: "follow-up-boss", userInputs: { apiKey: "sk_secret_1" } };
const credential = { id: "cred_1" };
const refusal = { errors: [{ message: "the key sk_secret_1 is wrong" }] };

afterEach(() => {
  vi.unstubAllGlobals();
});

function clientOf(give: () => unknown) {
  // What a `fetch` of JavaScript returns is not always what its type says.
  const fetch = async () => give() as Response;
  return createRolloutClient({ token: "made-up", fetch, retry: false });
}

/** As the fetch of a framework may return a response: each member is one of the response behind. */
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
])("a response that is %s", (_kind, wrap) => {
  test("is read like any other", async () => {
    const { api, credentials } = clientOf(() => wrap(Response.json(credential)));
    await expect(credentials.create(input)).resolves.toEqual(credential);
    const { response } = await api.POST("/credentials", { body: input });
    expect([response.status, response.ok, response.bodyUsed]).toEqual([200, true, true]);
  });

  test("has the secrets taken out of its body, headers and reason phrase", async () => {
    const headers = { "X-Echo": "sk_secret_1", "X-Request-Id": "request-1" };
    const init = { status: 400, statusText: "bad sk_secret_1", headers };
    const { api, credentials } = clientOf(() => wrap(Response.json(refusal, init)));
    const errors = [{ message: "the key [redacted] is wrong" }];
    await expect(credentials.create(input)).rejects.toMatchObject({ requestId: "request-1", errors });
    const { error, response } = await api.POST("/credentials", { body: input });
    expect(error).toEqual({ errors });
    expect([response.statusText, response.headers.get("x-echo")]).toEqual(["bad [redacted]", "[redacted]"]);
  });

  test("keeps a status that no constructor takes", async () => {
    const odd = Object.defineProperty(Response.json(refusal, { status: 500 }), "status", { value: 999 });
    const { credentials } = clientOf(() => wrap(odd));
    await expect(credentials.create(input)).rejects.toMatchObject({ code: "unexpected_status", status: 999 });
  });
});

test.each<[string, object]>([
  ["no statusText", { statusText: undefined }],
  ["no ok", { ok: undefined }],
  ["an ok that contradicts its status", { ok: false }],
  ["headers without get", { headers: { forEach: (each: (value: string, name: string) => void) => each("1", "a") } }],
  ["headers without forEach", { headers: { get: () => null } }],
  ["a header that cannot be copied", { headers: new Map([["not a name", "\n"]]) }],
])("a response with %s is read like any other", async (_case, members) => {
  const plain = (status: number, value: unknown) => {
    const { body } = Response.json(value);
    return { status, ok: status === 200, statusText: "", type: "", url: "", headers: new Headers(), body, ...members };
  };
  await expect(clientOf(() => plain(200, credential)).credentials.create(input)).resolves.toEqual(credential);
  const refused = clientOf(() => plain(400, refusal)).credentials.create(input);
  await expect(refused).rejects.toMatchObject({ code: "bad_request", mayHaveSucceeded: false });
});

test("a fetch that sends what the platform's refuses, and then throws, may have succeeded", async () => {
  const { api } = clientOf(() => expect.fail("after it was sent"));
  const error = await rejection(api.POST("/credentials", { body: input, cache: "only-if-cached" }), RolloutError);
  expect(error).toMatchObject({ code: "invalid_config", mayHaveSucceeded: true });
});

test("a response that throws when it is looked at is a RolloutError", async () => {
  const given = Object.defineProperty(Response.json(credential), "status", {
    get(): never {
      throw new Error("not to be read");
    },
  });
  await rejection(clientOf(() => given).credentials.create(input), RolloutError);
});

test.each([204, 205])("middleware may copy a %i, which has no body", async (status) => {
  const things = createRolloutApi<ThingPaths>({
    baseUrl: "https://rollout.test/api",
    token: "made-up",
    fetch: async () => new Response(null, { status }),
  });
  things.use({ onResponse: ({ response }) => new Response(response.body, response) });
  const result = await things.POST("/things", {});
  expect(result.response.body).toBeNull();
  expect(unwrap(result)).toBeUndefined();
});

test("a body that cannot be cancelled harms neither the process nor the calls that share its signal", async () => {
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

// @hono/node-server does this to the whole process.
test("a global Response that a framework replaced does not change the responses of the platform's fetch", async () => {
  const { url } = await startHttpServer(() => json(credential));
  class TheirResponse {
    get status(): never {
      throw new TypeError("not a response of theirs");
    }
  }
  vi.stubGlobal("Response", TheirResponse);
  const { api, credentials } = createRolloutClient({ token: "made-up", baseUrl: url });
  expect(await credentials.create(input)).toEqual(credential);
  const { response } = await api.POST("/credentials", { body: input });
  expect(response.status).toBe(200);
});

test("a global Response that keeps the immutable headers it is given is no obstacle", async () => {
  const { url } = await startHttpServer(() => ({ status: 204 }));
  class KeepingResponse extends Response {
    constructor(body: BodyInit | null, init: ResponseInit) {
      super(body, init);
      Object.defineProperty(this, "headers", { value: init.headers });
    }
  }
  vi.stubGlobal("Response", KeepingResponse);
  const { credentials } = createRolloutClient({ token: "made-up", baseUrl: url });
  await expect(credentials.update("cred_1", { entitiesToSync: { notes: true } })).resolves.toBeUndefined();
});

test("a global Response whose responses are frozen hides no error", async () => {
  class FrozenResponse extends Response {
    constructor(body: BodyInit | null, init: ResponseInit) {
      super(body, init);
      Object.freeze(this);
    }
  }
  const { credentials } = clientOf(() => Response.json(refusal, { status: 400 }));
  vi.stubGlobal("Response", FrozenResponse);
  await expect(credentials.create(input)).rejects.toMatchObject({ code: "bad_request", mayHaveSucceeded: false });
});

class BrokenRequest {
  constructor() {
    throw new TypeError("not a request of theirs");
  }
}

test.each([BrokenRequest, undefined])(
  "a global Request that cannot be created does not make a lost POST one that was never sent: %s",
  async (Request) => {
    vi.stubGlobal("Request", Request);
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("fetch failed")));
    const { api } = createRolloutClient({ token: "made-up" });
    const error = await rejection(api.POST("/credentials", { body: input }), RolloutError);
    expect(error).toMatchObject({ code: "network", mayHaveSucceeded: true });
  },
);
