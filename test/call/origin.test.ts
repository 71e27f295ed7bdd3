import fc from "fast-check";
import { createRolloutApi, type FetchFunction, RolloutConfigError, RolloutResponseError } from "rollout-client";
import { expect, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";
import { respond, startSocketServer } from "../support/servers.ts";
import { callThings, methods, type ThingPaths } from "../support/things.ts";

const token = "made-up";
const location = "https://elsewhere.test:8443/things?secret=in-the-query#fragment";

test.each(methods)("a redirect of a %s is not followed", async (method) => {
  for (const status of [300, 301, 302, 303, 307, 308, 399]) {
    const server = await startSocketServer(respond(status, "", { Location: location, "X-Request-Id": "request-1" }));
    const error = await rejection(callThings({ baseUrl: server.url, token }, method), RolloutResponseError);
    expect(error).toMatchObject({ code: "redirected", status, method, path: "/things", attempts: 1 });
    expect(error).toMatchObject({ requestId: "request-1", mayHaveSucceeded: true });
    expect(error.headers.get("location")).toBe(location);
    expect(server.requests).toHaveLength(1);
  }
});

test("a redirect to the same origin is not followed either", async () => {
  const server = await startSocketServer(respond(307, "", { Location: "/credentials" }), respond(200));
  await rejection(callThings({ baseUrl: server.url, token }, "GET"), RolloutResponseError);
  expect(server.requests).toHaveLength(1);
});

/** What a POST rejects with that is redirected like this. */
function redirected(headers: Record<string, string>, token = "Made-Up-Token"): Promise<RolloutResponseError> {
  const fetch = async () => new Response(null, { status: 302, headers });
  const call = callThings({ baseUrl: "http://localhost", token, fetch }, "POST");
  return rejection(call, RolloutResponseError);
}

// Of a Location, a message names the origin alone, unless that holds a secret.
test.each([
  ["//user:password@evil.example:8443/path", "http://evil.example:8443"],
  ["https://user:password@evil.example/path?query#fragment", "https://evil.example"],
  ["HTTPS://EVIL.example", "https://evil.example"],
  ["/path?query", "http://localhost"],
  ["https://Made-Up-Token.evil.example/"],
  ["https://%4dade-Up-Token.evil.example/"],
  ["https://["],
  ["data:text/html,Made-Up-Token"],
  ["mailto:someone@evil.example"],
])("the message for Location: %s says no more than %s", async (location, origin = "[redacted]") => {
  const { message } = await redirected({ Location: location });
  if (origin !== "[redacted]") expect(message).toContain(origin);
  expect(message).not.toMatch(/password|path\?|query|fragment|made-up-token|someone/i);
});

test("a redirect may have no Location", async () => {
  expect(await redirected({})).toMatchObject({ code: "redirected", status: 302 });
});

test("a redirect whose status a browser hides is recognized by its type", async () => {
  const opaque = Object.defineProperties(new Response(), { type: { value: "opaqueredirect" }, status: { value: 0 } });
  const call = callThings({ token, fetch: async () => opaque }, "POST");
  expect(await rejection(call, RolloutResponseError)).toMatchObject({ code: "redirected", status: 0 });
});

/** A response of a `fetch` that followed a redirect, whatever its init said. */
const followed = (members: object) => async () =>
  Object.defineProperties(
    Response.json({ id: "of_evil" }),
    Object.fromEntries(Object.entries(members).map(([name, value]) => [name, { value }])),
  );

test.each([
  ["that was redirected", { redirected: true, url: "https://rollout.test/api/things" }],
  ["from another origin", { url: "https://evil.test/api/things" }],
  ["from another scheme", { url: "http://rollout.test/api/things" }],
  ["from another port", { url: "https://rollout.test:8443/api/things" }],
  ["from an origin that only begins like the client's", { url: "https://rollout.test.evil.test/" }],
])("a 200 %s is refused: its data may be anybody's", async (_case, members) => {
  for (const method of ["GET", "POST"] as const) {
    const error = await rejection(callThings({ token, fetch: followed(members) }, method), RolloutResponseError);
    expect(error).toMatchObject({ code: "redirected", status: 200, attempts: 1, mayHaveSucceeded: true });
  }
});

test.each([{}, { url: "" }, { url: "https://rollout.test/api/things", redirected: false }])(
  "a 200 of the client's origin, or of a fetch that does not tell, is accepted: %j",
  async (members) => {
    expect(await callThings({ token, fetch: followed(members) }, "GET")).toEqual({ id: "of_evil" });
  },
);

test("the body of a redirect is cancelled", async () => {
  const cancel = vi.fn();
  const redirect = new Response(new ReadableStream({ cancel }), { status: 302 });
  await rejection(callThings({ token, fetch: async () => redirect }, "GET"), RolloutResponseError);
  expect(cancel).toHaveBeenCalledTimes(1);
});

interface PathsWithName {
  [path: `/people/${string}`]: {
    parameters: object;
    get: { parameters: { path: { name: string } }; responses: ThingPaths["/things"]["get"]["responses"] };
  };
  "@example.com/things": ThingPaths["/things"];
  "/things": ThingPaths["/things"];
}

const fetch = vi.fn<FetchFunction>(async () => Response.json({}));
const baseUrl = "https://rollout.test/api";
const api = createRolloutApi<PathsWithName>({ token, baseUrl, fetch });

test("a fetch is asked not to follow redirects, whatever the call's init says", async () => {
  await api.GET("/things", { redirect: "follow" });
  expect(fetch.mock.lastCall?.[1].redirect).toBe("manual");
});

test("the base URL of a call may differ from the client's in its path", async () => {
  await api.GET("/things", { baseUrl: "https://rollout.test/beta/" });
  expect(fetch.mock.lastCall?.[0]).toBe("https://rollout.test/beta/things");
});

const middleware = [{ onRequest: ({ request }: { request: Request }) => new Request("https://other.test", request) }];

test.each([
  ["the base URL of the call", () => api.GET("/things", { baseUrl: "https://other.test" })],
  ["a base URL that only begins like the client's", () => api.GET("/things", { baseUrl: "https://rollout.test0" })],
  ["a base URL with the client's as user", () => api.GET("/things", { baseUrl: "https://rollout.test@other.test" })],
  ["a base URL without an origin", () => api.GET("/things", { baseUrl: "/elsewhere" })],
  [
    "the path",
    () => createRolloutApi<PathsWithName>({ token, baseUrl: "https://rollout.test", fetch }).GET("@example.com/things"),
  ],
  ["middleware", () => api.GET("/things", { middleware })],
])("a call to another origin by %s is refused, and nothing is sent", async (_case, call) => {
  fetch.mockClear();
  expect(await rejection(call(), RolloutConfigError)).toMatchObject({ code: "invalid_config", option: "baseUrl" });
  expect(fetch).not.toHaveBeenCalled();
});

const refusal = { code: "invalid_input", option: "params.path.name", mayHaveSucceeded: false };

test.each([undefined, null])("a path without the value of its parameter is refused: %s", async (name) => {
  fetch.mockClear();
  // @ts-expect-error a parameter that does not compile, as JavaScript may pass it
  expect(await rejection(api.GET("/people/{name}", { params: { path: { name } } }), RolloutConfigError)).toMatchObject(
    refusal,
  );
  // @ts-expect-error the document requires the parameter
  expect(await rejection(api.GET("/people/{name}"), RolloutConfigError)).toMatchObject(refusal);
  expect(fetch).not.toHaveBeenCalled();
});

const styles = ["{name}", "{name*}", "{.name}", "{.name*}", "{;name}", "{;name*}"];
const text = fc.oneof(
  fc.constantFrom("", ".", "..", "...", "/", "%2e", "?", "#", "\\", "\n"),
  fc.string({ maxLength: 3 }),
);
const value = fc.oneof(text, fc.array(text, { maxLength: 3 }), fc.dictionary(text, text, { maxKeys: 2 }), fc.integer());

test("whatever the value of a parameter, and in whatever style, it is a segment of the path, or refused", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...styles), value, async (style, name) => {
      fetch.mockClear();
      // @ts-expect-error a value that does not compile, as JavaScript may pass it
      const call = api.GET(`/people/${style}/x`, { params: { path: { name } } });
      try {
        await call;
      } catch (failure) {
        expect(failure).toMatchObject(refusal);
        expect(fetch).not.toHaveBeenCalled();
        return;
      }
      expect(new URL(fetch.mock.lastCall?.[0] ?? "").pathname).toMatch(/^\/api\/people\/[^/]+\/x$/);
    }),
    { numRuns: 300 },
  );
});

test.each<[string, unknown]>([
  ["{name}", ""],
  ["{name}", ".."],
  ["{name}", []],
  ["{name}", {}],
  ["{;name}", ".."],
  ["{.name*}", ["", ""]],
  ["{.name}", "."],
])("the parameter %s with %j is refused", async (style, name) => {
  // @ts-expect-error a value that does not compile, as JavaScript may pass it
  const call = api.GET(`/people/${style}`, { params: { path: { name } } });
  expect(await rejection(call, RolloutConfigError)).toMatchObject(refusal);
});

test.each(["/things\n", "/things\r\nGET /other", "/\u0000", "/\u007f", "/\u0085"])(
  "the path %j is refused, and not logged",
  async (path) => {
    const logger = { debug: vi.fn(), warn: vi.fn() };
    const logged = createRolloutApi<PathsWithName>({ token, baseUrl, fetch, logger });
    fetch.mockClear();
    const failure = await rejection(Reflect.apply(logged.GET, logged, [path]), RolloutConfigError);
    expect(failure).toMatchObject({ code: "invalid_input", option: "path" });
    expect(failure.message).not.toMatch(/\p{Cc}/u);
    for (const spy of [fetch, logger.debug, logger.warn]) expect(spy).not.toHaveBeenCalled();
  },
);
