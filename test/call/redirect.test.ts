import { createRolloutApi, createRolloutClient, type FetchFunction, RolloutResponseError } from "rollout-client";
import { describe, expect, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";
import { answer, startSocketServer } from "../support/socket-server.ts";
import { callThings, methods, type ThingPaths } from "../support/things.ts";

const statuses = [300, 301, 302, 303, 304, 305, 306, 307, 308, 399];

describe.each(methods)("%s", (method) => {
  test.each(statuses)("a %i is not followed", async (status) => {
    const elsewhere = await startSocketServer(answer(200));
    const location = `${elsewhere.url}/things?secret=in-the-query#fragment`;
    const server = await startSocketServer(answer(status, "", { Location: location, "X-Request-Id": "request-1" }));
    const token = vi.fn(() => "made-up");
    const error = await rejection(callThings({ baseUrl: server.url, token }, method), RolloutResponseError);
    expect(error).toMatchObject({ code: "redirected", status, method, path: "/things", attempts: 1 });
    expect(error).toMatchObject({ requestId: "request-1", mayHaveSucceeded: true });
    expect(error.headers.get("location")).toBe(location);
    expect(error.message).toContain(`was redirected to ${elsewhere.url}.`);
    expect(error.message).not.toMatch(/query|fragment|\?/);
    expect(elsewhere.requests).toEqual([]);
    expect(server.requests).toHaveLength(1);
    expect(token).toHaveBeenCalledTimes(1);
  });
});

test("a redirect to the same origin is not followed either", async () => {
  const server = await startSocketServer(
    answer(307, "", { Location: "/credentials" }),
    answer(200, { id: "credential-1" }),
  );
  const { credentials } = createRolloutClient({ baseUrl: server.url, token: "made-up" });
  const error = await rejection(credentials.create({ appKey: "gmail", userInputs: {} }), RolloutResponseError);
  expect(error).toMatchObject({ code: "redirected", status: 307 });
  expect(error.message).toContain(`was redirected to ${server.url}.`);
  expect(server.requests).toHaveLength(1);
});

test.each([
  ["//user:password@evil.example:8443/path", "http://evil.example:8443."],
  ["https://user:password@evil.example/path?query#fragment", "https://evil.example."],
  ["HTTPS://EVIL.example", "https://evil.example."],
  ["https://Made-Up-Token.evil.example/", "a location that cannot be read."],
  ["https://evil.example/?token=Made-Up-Token", "https://evil.example."],
  ["https://[", "a location that cannot be read."],
  ["http://", "a location that cannot be read."],
  ["data:text/html,Made-Up-Token", "a location that cannot be read."],
  ["javascript:alert(1)", "a location that cannot be read."],
  ["mailto:someone@evil.example", "a location that cannot be read."],
])("the message for Location: %s says no more than %s", async (location, told) => {
  const server = await startSocketServer(answer(302, "", { Location: location }));
  const call = callThings({ baseUrl: server.url, token: "Made-Up-Token" }, "POST");
  const error = await rejection(call, RolloutResponseError);
  expect(error.message).toContain(`was redirected to ${told}`);
  expect(error.message).not.toMatch(/password|query|fragment|made-up-token/i);
});

test("a redirect without a Location says so", async () => {
  const server = await startSocketServer(answer(302, ""));
  const error = await rejection(callThings({ baseUrl: server.url, token: "made-up" }, "GET"), RolloutResponseError);
  expect(error.message).toContain("was redirected to an unnamed location.");
});

test("a redirect whose status a browser hides is recognized by its type", async () => {
  const opaque = Object.defineProperties(new Response(), { type: { value: "opaqueredirect" }, status: { value: 0 } });
  const call = callThings({ token: "made-up", fetch: async () => opaque }, "POST");
  expect(await rejection(call, RolloutResponseError)).toMatchObject({ code: "redirected", status: 0 });
});

test("the body of a redirect is cancelled", async () => {
  const cancel = vi.fn();
  const redirect = new Response(new ReadableStream({ cancel }), { status: 302 });
  await rejection(callThings({ token: "made-up", fetch: async () => redirect }, "GET"), RolloutResponseError);
  expect(cancel).toHaveBeenCalledTimes(1);
});

test("the fetch option is asked not to follow redirects, whatever the call's init says", async () => {
  const fetch = vi.fn<FetchFunction>(async () => Response.json({}));
  const api = createRolloutApi<ThingPaths>({ baseUrl: "https://rollout.test/api", token: "made-up", fetch });
  await api.GET("/things", { redirect: "follow" });
  expect(fetch.mock.calls[0]?.[1].redirect).toBe("manual");
});
