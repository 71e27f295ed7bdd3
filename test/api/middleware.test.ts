import type { Middleware } from "openapi-fetch";
import { RolloutApiError, unwrap } from "rollout-client";
import { expect, onTestFinished, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";
import { thing } from "../support/things.ts";
import { losing, responding, thingsApi } from "../support/things-api.ts";

/** An api with this middleware and this `fetch`. */
function connected(middleware: Middleware, fetch = responding(200)) {
  const api = thingsApi({ retry: { maxDelay: 0 }, rateLimiter: false, fetch });
  api.use(middleware);
  return { api, fetch };
}

const never = () => new Promise<never>(() => {});

test("onRequest never sees the token, and cannot change it", async () => {
  const seen: Request[] = [];
  const { api, fetch } = connected({
    onRequest({ request }) {
      seen.push(request.clone());
      request.headers.set("X-Trace", "trace_1");
      request.headers.set("Authorization", "Bearer of another");
      seen.push(request);
      return request;
    },
  });
  await api.POST("/things", { body: thing });
  const sent = Object.fromEntries(new Headers(fetch.mock.lastCall?.[1]?.headers));
  expect(sent).toMatchObject({ "x-trace": "trace_1", authorization: "Bearer made-up" });
  expect(seen.map(({ headers }) => headers.get("Authorization"))).toEqual([null, "Bearer of another"]);
});

test("onRequest replaces the request of each attempt, and runs once", async () => {
  const onRequest = vi.fn(({ request }: { request: Request }) => new Request(request, { body: "changed" }));
  const { api, fetch } = connected({ onRequest }, responding(429, { "Retry-After": "0" }));
  await api.POST("/things", { body: thing });
  const bodies = fetch.mock.calls.map(([, init]) => new Response(init?.body).text());
  expect(await Promise.all(bodies)).toEqual(["changed", "changed", "changed"]);
  expect(onRequest).toHaveBeenCalledTimes(1);
});

test("a request without a body stays as it is where a Request does not show its body, as in Firefox", async () => {
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

test("onRequest responds to two calls with one Response, nothing is sent, and each error names its call", async () => {
  const response = new Response(null, { status: 404, headers: { "Content-Length": "0" } });
  const { api, fetch } = connected({ onRequest: () => response });
  for (const [name, method] of [["get", "GET"] as const, ["post", "POST"] as const]) {
    const failure = await rejection(api.request(name, "/things").then(unwrap), RolloutApiError);
    expect(failure).toMatchObject({ code: "not_found", method, path: "/things", attempts: 0 });
  }
  expect(fetch).not.toHaveBeenCalled();
});

test("onResponse replaces the response by one made of it", async () => {
  const onResponse: Middleware["onResponse"] = ({ response }) =>
    new Response(response.body, { status: 409, headers: response.headers });
  const { api } = connected({ onResponse }, responding(400, { "X-Request-Id": "id_1" }));
  const failure = await rejection(api.GET("/things").then(unwrap), RolloutApiError);
  expect(failure).toMatchObject({ code: "conflict", requestId: "id_1", body: {}, path: "/things", attempts: 1 });
});

test("onError that responds with a failure does not hide the attempts that were made", async () => {
  const { api } = connected({ onError: () => new Response(null, { status: 503 }) });
  const failure = await rejection(api.GET("/things", { fetch: losing }).then(unwrap), RolloutApiError);
  expect(failure).toMatchObject({ status: 503, attempts: 3 });
});

test("middleware that is added or ejected while a call waits for a retry changes the next call, not that one", async () => {
  const log: string[] = [];
  const logging = (name: string): Middleware => ({
    onRequest: () => void log.push(`${name} request`),
    onResponse: () => void log.push(`${name} response`),
  });
  const [early, late] = [logging("early"), logging("late")];
  const { api, fetch } = connected(early);
  fetch.mockImplementationOnce(async () => {
    api.use(late);
    api.eject(early);
    return Response.json({}, { status: 429 });
  });
  await api.GET("/things");
  await api.GET("/things");
  expect(log).toEqual(["early request", "early response", "late request", "late response"]);
});

test.each<[string, object]>([
  ["has none", {}],
  ["has its own", { signal: new AbortController().signal }],
])("the signal of a request that middleware returns ends the attempt of a call that %s", async (_case, init) => {
  const controller = new AbortController();
  const onRequest: Middleware["onRequest"] = ({ request }) => new Request(request, { signal: controller.signal });
  const { api, fetch } = connected({ onRequest });
  fetch.mockImplementation(() => {
    controller.abort("enough");
    return never();
  });
  await expect(api.GET("/things", init)).rejects.toBe("enough");
  expect(fetch).toHaveBeenCalledTimes(1);
});

test.each(["POST", "PATCH"])("a GET that middleware turned into a %s is not retried", async (method) => {
  const onRequest: Middleware["onRequest"] = ({ request }) => new Request(request, { method });
  const { api, fetch } = connected({ onRequest }, responding(500));
  const failure = await rejection(api.GET("/things").then(unwrap), RolloutApiError);
  expect(fetch.mock.calls.map(([, init]) => init?.method)).toEqual([method]);
  expect(failure).toMatchObject({ method, attempts: 1, mayHaveSucceeded: true });
});

test.each([
  ["onRequest", { onRequest: never }],
  ["onResponse", { onResponse: never }],
])("the caller's signal ends a call that waits for %s", async (_hook, middleware) => {
  const controller = new AbortController();
  const { api } = connected(middleware);
  const call = expect(api.GET("/things", { signal: controller.signal })).rejects.toBe("enough");
  controller.abort("enough");
  await call;
});

const replacement = () => Response.json({ errors: [] }, { status: 404 });

test.each<[string, Middleware, () => Promise<Response>]>([
  ["a success", { onResponse: replacement }, () => responding(200)("", {})],
  ["a 408", { onResponse: replacement }, () => responding(408)("", {})],
  ["a lost connection", { onError: replacement }, losing],
])("middleware that responds after %s does not undo what the server may have done", async (_case, middleware, send) => {
  const { api } = connected(middleware, responding(200).mockImplementation(send));
  const failure = await rejection(api.POST("/things", { body: thing }).then(unwrap), RolloutApiError);
  expect(failure).toMatchObject({ code: "not_found", mayHaveSucceeded: true });
});

test("with a signal that was aborted before, no middleware runs and no rejection is unhandled", async () => {
  const onRequest = vi.fn();
  const { api, fetch } = connected({ onRequest });
  await expect(api.GET("/things", { signal: AbortSignal.abort("enough") })).rejects.toBe("enough");
  await new Promise(setImmediate);
  expect([onRequest.mock.calls, fetch.mock.calls]).toEqual([[], []]);
});
