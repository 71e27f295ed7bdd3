import type { Middleware } from "openapi-fetch";
import { createRolloutApi, RolloutApiError, RolloutConfigError, RolloutNetworkError, unwrap } from "rollout-client";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";
import { type ThingPaths, thing } from "../support/things.ts";

/** An api with this middleware, of a server that responds like this. `fetch` is what reaches the server. */
function connected(middleware?: Middleware, respond = () => Response.json({ id: "cred_1" })) {
  const fetch = vi.fn<typeof globalThis.fetch>(async () => respond());
  const baseUrl = "https://rollout.test/api";
  const api = createRolloutApi<ThingPaths>({
    token: "made-up",
    baseUrl,
    retry: { maxDelay: 0 },
    rateLimiter: false,
    fetch,
  });
  if (middleware !== undefined) api.use(middleware);
  return { api, fetch };
}

describe("onRequest", () => {
  test("sees the request, but never the token", async () => {
    const requests: Request[] = [];
    const { api } = connected({
      async onRequest({ request, schemaPath }) {
        requests.push(request);
        expect([schemaPath, request.method, await request.clone().json()]).toEqual(["/things", "POST", thing]);
        expect(request.headers.get("X-Rollout-User-Agent")).toMatch(/^rollout-client\//);
        expect(request.headers.has("Authorization")).toBe(false);
      },
    });
    unwrap(await api.POST("/things", { body: thing }));
    expect(requests.map(({ headers }) => headers.has("Authorization"))).toEqual([false]);
  });

  test("changes headers of the request, but not the token", async () => {
    const { api, fetch } = connected({
      onRequest({ request }) {
        request.headers.set("X-Trace", "trace_1");
        request.headers.set("Authorization", "Bearer of another");
        return request;
      },
    });
    unwrap(await api.POST("/things", { body: thing }));
    const headers = Object.fromEntries(new Headers(fetch.mock.lastCall?.[1]?.headers));
    expect(headers).toMatchObject({ "x-trace": "trace_1", authorization: "Bearer made-up" });
  });

  test("replaces the request, also that of a retry", async () => {
    const onRequest = vi.fn(({ request }: { request: Request }) => new Request(request, { body: "changed" }));
    const { api, fetch } = connected({ onRequest }, () => new Response("", { status: 429 }));
    await api.POST("/things", { body: thing });
    const bodies = fetch.mock.calls.map(([, init]) => new Response(init?.body).text());
    expect(await Promise.all(bodies)).toEqual(["changed", "changed", "changed"]);
    expect(onRequest).toHaveBeenCalledTimes(1);
  });

  test("leaves a request without a body as it is, where a Request does not show its body, as in Firefox", async () => {
    vi.stubGlobal(
      "Request",
      class extends Request {
        constructor(url: string, init: RequestInit) {
          super(url, init);
          Object.defineProperty(this, "body", { value: undefined });
        }
      },
    );
    onTestFinished(() => void vi.unstubAllGlobals());
    const { api, fetch } = connected({ onRequest: () => {} });
    unwrap(await api.GET("/things"));
    expect(fetch.mock.lastCall?.[1]?.body).toBeUndefined();
    unwrap(await api.POST("/things", { body: thing }));
    expect(await new Response(fetch.mock.lastCall?.[1]?.body).json()).toEqual(thing);
  });

  test("responds in the server's place, and nothing is sent", async () => {
    const { api, fetch } = connected({
      onRequest: () => Response.json({ errors: [{ message: "from a cache" }] }, { status: 404 }),
    });
    const failure = await rejection(api.GET("/things").then(unwrap), RolloutApiError);
    expect(failure).toMatchObject({ code: "not_found", method: "GET", path: "/things", attempts: 0 });
    expect(failure.errors).toEqual([{ message: "from a cache" }]);
    expect(fetch).not.toHaveBeenCalled();
  });

  test("responds to two calls with the same Response, and the error of each names its own call", async () => {
    const response = new Response(null, { status: 404, headers: { "Content-Length": "0" } });
    const { api } = connected({ onRequest: () => response });
    for (const method of ["get", "post"] as const) {
      const call = api.request(method, "/things").then(unwrap);
      expect(await rejection(call, RolloutApiError)).toMatchObject({ method: method.toUpperCase() });
    }
  });

  test("that returns a request already read is a RolloutConfigError, and nothing is sent", async () => {
    const { api, fetch } = connected({
      async onRequest({ request }) {
        const copy = new Request(request);
        await copy.text();
        return copy;
      },
    });
    const failure = await rejection(api.POST("/things", { body: thing }), RolloutConfigError);
    expect(failure).toMatchObject({ code: "invalid_config", option: "middleware", mayHaveSucceeded: false });
    expect(fetch).not.toHaveBeenCalled();
  });
});

describe("onResponse", () => {
  test("reads a copy of the response, and the data stays the same", async () => {
    const { api } = connected();
    const read: unknown[] = [];
    api.use({
      async onResponse({ response }) {
        read.push(await response.clone().json(), response.bodyUsed);
      },
    });
    expect(unwrap(await api.GET("/things"))).toEqual({ id: "cred_1" });
    expect(read).toEqual([{ id: "cred_1" }, false]);
  });

  test("replaces the response by one made of it", async () => {
    const { api } = connected(
      {
        onResponse: ({ response }) => new Response(response.body, { status: 409, headers: response.headers }),
      },
      () => Response.json({ errors: [{ message: "no" }] }, { status: 400, headers: { "X-Request-Id": "id_1" } }),
    );
    expect(await rejection(api.GET("/things").then(unwrap), RolloutApiError)).toMatchObject({
      code: "conflict",
      errors: [{ message: "no" }],
      requestId: "id_1",
      path: "/things",
      attempts: 1,
    });
  });
});

describe("onError", () => {
  const refused = async (): Promise<Response> => {
    throw new TypeError("fetch failed", { cause: Object.assign(new Error("refused"), { code: "ECONNREFUSED" }) });
  };

  test("sees the error of this package, and may respond in its place", async () => {
    const { api } = connected();
    const onError = vi.fn(() => Response.json({ id: "from a cache" }));
    api.use({ onError });
    expect(unwrap(await api.GET("/things", { fetch: refused }))).toEqual({ id: "from a cache" });
    expect(onError).toHaveBeenCalledWith(expect.objectContaining({ error: expect.any(RolloutNetworkError) }));
  });

  test("that responds with a failure does not hide the attempts that were made", async () => {
    const { api } = connected({ onError: () => new Response(null, { status: 503 }) });
    const failure = await rejection(api.GET("/things", { fetch: refused }).then(unwrap), RolloutApiError);
    expect(failure).toMatchObject({ status: 503, attempts: 3 });
  });
});

describe("middleware", () => {
  test("runs in order, until it is ejected; ejecting an unknown one changes nothing", async () => {
    const { api } = connected();
    const order: string[] = [];
    const first: Middleware = { onRequest: () => void order.push("first") };
    const second: Middleware = { onRequest: () => void order.push("second") };
    api.use(first, second);
    await api.GET("/things");
    api.eject(first, { onRequest: () => {} });
    await api.GET("/things");
    expect(order).toEqual(["first", "second", "second"]);
  });

  test("that is added or ejected while a call waits for a retry does not change that call", async () => {
    let attempts = 0;
    const log: string[] = [];
    const logging = (name: string): Middleware => ({
      onRequest: () => void log.push(`${name} request`),
      onResponse: () => void log.push(`${name} response`),
    });
    const [early, late] = [logging("early"), logging("late")];
    const { api } = connected(early, () => {
      attempts += 1;
      if (attempts > 1) return Response.json({});
      api.use(late);
      api.eject(early);
      return Response.json({}, { status: 429 });
    });
    await api.GET("/things");
    await api.GET("/things");
    expect(log).toEqual(["early request", "early response", "late request", "late response"]);
  });

  test("may be given for one call, among values that are none", async () => {
    const { api } = connected();
    const onRequest = vi.fn();
    // @ts-expect-error middleware that does not compile, as JavaScript may pass it
    await api.GET("/things", { middleware: [undefined, { onRequest }, false] });
    await api.GET("/things");
    expect(onRequest).toHaveBeenCalledTimes(1);
  });

  test("of another shape is refused, as by openapi-fetch", async () => {
    const { api } = connected();
    // @ts-expect-error middleware that does not compile, as JavaScript may pass it
    expect(() => api.use({ before: () => {} })).toThrow(Error);
  });
});

test.each(["the call has none", "the call has its own"])(
  "the signal of a request that middleware returns ends the attempt: %s",
  async (own) => {
    const controller = new AbortController();
    const { api, fetch } = connected({
      onRequest: ({ request }) => new Request(request, { signal: controller.signal }),
    });
    fetch.mockImplementation(() => {
      controller.abort("enough");
      return new Promise(() => {});
    });
    const init = own === "the call has none" ? {} : { signal: new AbortController().signal };
    await expect(api.GET("/things", init)).rejects.toBe("enough");
    expect(fetch).toHaveBeenCalledTimes(1);
  },
);

test.each(["POST", "PATCH"])("a request that middleware turned into a %s is not retried", async (method) => {
  const { api, fetch } = connected({ onRequest: ({ request }) => new Request(request, { method }) }, () =>
    Response.json({}, { status: 500 }),
  );
  const failure = await rejection(api.GET("/things").then(unwrap), RolloutApiError);
  expect(fetch.mock.calls.map(([, init]) => init?.method)).toEqual([method]);
  expect(failure).toMatchObject({ method, attempts: 1, mayHaveSucceeded: true });
});

test.each([
  ["onRequest", { onRequest: () => new Promise<undefined>(() => {}) }],
  ["onResponse", { onResponse: () => new Promise<undefined>(() => {}) }],
])("the caller's signal ends a call that waits for %s", async (_hook, middleware) => {
  const { api } = connected(middleware);
  const controller = new AbortController();
  const call = expect(api.GET("/things", { signal: controller.signal })).rejects.toBe("enough");
  controller.abort("enough");
  await call;
});

const replacement = () => Response.json({ errors: [] }, { status: 404 });
const throwLost = () => {
  throw new TypeError("fetch failed");
};

test.each<[string, Middleware, () => Response]>([
  ["a success", { onResponse: replacement }, () => Response.json({})],
  ["a 500", { onResponse: replacement }, () => Response.json({}, { status: 500 })],
  ["a 408", { onResponse: replacement }, () => Response.json({}, { status: 408 })],
  ["a lost connection", { onError: replacement }, throwLost],
])(
  "a middleware that responds after %s does not undo what the server may have done",
  async (_case, middleware, respond) => {
    const { api } = connected(middleware, respond);
    const failure = await rejection(api.POST("/things", { body: thing }).then(unwrap), RolloutApiError);
    expect(failure).toMatchObject({ code: "not_found", mayHaveSucceeded: true });
  },
);

test("with a signal that was aborted before, no middleware runs and no rejection is unhandled", async () => {
  const { api, fetch } = connected();
  const onRequest = vi.fn();
  api.use({ onRequest });
  await expect(api.GET("/things", { signal: AbortSignal.abort("enough") })).rejects.toBe("enough");
  await new Promise(setImmediate);
  expect(onRequest).not.toHaveBeenCalled();
  expect(fetch).not.toHaveBeenCalled();
});
