import { createRolloutApi, type FetchFunction, RolloutConfigError, RolloutResponseError } from "rollout-client";
import { expect, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";
import { respond, startSocketServer } from "../support/socket-server.ts";
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
    expect(error.message).toContain("was redirected to https://elsewhere.test:8443.");
    expect(server.requests).toHaveLength(1);
  }
});

test("a redirect to the same origin is not followed either", async () => {
  const server = await startSocketServer(respond(307, "", { Location: "/credentials" }), respond(200));
  const error = await rejection(callThings({ baseUrl: server.url, token }, "GET"), RolloutResponseError);
  expect(error.message).toContain(`was redirected to ${server.url}.`);
  expect(server.requests).toHaveLength(1);
});

/** What a POST rejects with that is redirected like this. */
function redirected(headers: Record<string, string>, token = "Made-Up-Token"): Promise<RolloutResponseError> {
  const fetch = async () => new Response(null, { status: 302, headers });
  const call = callThings({ baseUrl: "http://localhost", token, fetch }, "POST");
  return rejection(call, RolloutResponseError);
}

test.each([
  ["//user:password@evil.example:8443/path", "http://evil.example:8443."],
  ["https://user:password@evil.example/path?query#fragment", "https://evil.example."],
  ["HTTPS://EVIL.example", "https://evil.example."],
  ["https://Made-Up-Token.evil.example/", "a location that cannot be read."],
  ["https://[", "a location that cannot be read."],
  ["data:text/html,Made-Up-Token", "a location that cannot be read."],
  ["mailto:someone@evil.example", "a location that cannot be read."],
])("the message for Location: %s says no more than %s", async (location, told) => {
  const { message } = await redirected({ Location: location });
  expect(message).toContain(`was redirected to ${told}`);
  expect(message).not.toMatch(/password|query|fragment|made-up-token/i);
});

test("the message for a redirect hides a token that only shows once the Location is decoded", async () => {
  const { message } = await redirected({ Location: "https://%6dade-up-token.evil.example" }, "made-up-token");
  expect(message).toContain("was redirected to https://[redacted].evil.example.");
});

test("a redirect without a Location says so", async () => {
  expect((await redirected({})).message).toContain("was redirected to an unnamed location.");
});

test("a redirect whose status a browser hides is recognized by its type", async () => {
  const opaque = Object.defineProperties(new Response(), { type: { value: "opaqueredirect" }, status: { value: 0 } });
  const call = callThings({ token, fetch: async () => opaque }, "POST");
  expect(await rejection(call, RolloutResponseError)).toMatchObject({ code: "redirected", status: 0 });
});

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
  const { message } = await rejection(call(), RolloutConfigError);
  expect(message).toMatch(/^baseUrl must have the same origin for every call/);
  expect(fetch).not.toHaveBeenCalled();
});

const PROBLEM = 'must not be empty, "." or "..": it would change the path';
const MISSING = "is missing: the path /people/{name} needs it";

test.each<[unknown, string]>([
  ["", PROBLEM],
  [".", PROBLEM],
  ["..", PROBLEM],
  [[], PROBLEM],
  [[""], PROBLEM],
  [{}, PROBLEM],
  [undefined, MISSING],
  [null, MISSING],
])("the path parameter %j is refused, and nothing is sent", async (name, problem) => {
  fetch.mockClear();
  // @ts-expect-error a parameter that does not compile, as JavaScript may pass it
  const call = api.GET("/people/{name}", { params: { path: { name } } });
  const expected = { option: "params.path.name", message: `params.path.name ${problem}` };
  expect(await rejection(call, RolloutConfigError)).toMatchObject(expected);
  expect(fetch).not.toHaveBeenCalled();
});

test("a call without the parameters of its path is refused", async () => {
  // @ts-expect-error the document requires the parameter
  const { message } = await rejection(api.GET("/people/{name}"), RolloutConfigError);
  expect(message).toBe(`params.path.name ${MISSING}`);
});

test.each(["{.name}", "{;name}", "{name*}"] as const)("two dots are refused in the style %s, too", async (template) => {
  const call = api.GET(`/people/${template}`, { params: { path: { name: ".." } } });
  expect(await rejection(call, RolloutConfigError)).toMatchObject({ option: "params.path.name" });
});
