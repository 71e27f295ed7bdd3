import { createRolloutApi, RolloutConfigError } from "rollout-client";
import { describe, expect, test } from "vitest";
import type { paths } from "../family/paths.ts";
import { startHttpServer } from "../support/http-server.ts";
import { rejection } from "../support/rejection.ts";
import type { ThingPaths } from "../support/things.ts";

const token = "made-up";

interface PathsWithName {
  "/": {
    parameters: object;
    get: { parameters: { path: { name: string } }; responses: ThingPaths["/things"]["get"]["responses"] };
  };
}

describe("a call to another origin is refused before anything is sent:", () => {
  const SAME_ORIGIN = /^baseUrl must have the same origin for every call/;

  test("by the base URL of the call", async () => {
    const [server, other] = [await startHttpServer(), await startHttpServer()];
    const api = createRolloutApi<ThingPaths>({ token, baseUrl: `${server.url}/api` });
    for (const baseUrl of [other.url, `${server.url}0`, `${server.url}@127.0.0.1:${other.port}`, "/elsewhere"]) {
      const failure = await rejection(api.GET("/things", { baseUrl }), RolloutConfigError);
      expect(failure.message).toMatch(SAME_ORIGIN);
    }
    expect([server.requests, other.requests]).toEqual([[], []]);
  });

  test("by the path", async () => {
    const server = await startHttpServer();
    const api = createRolloutApi<{ "@example.com/things": ThingPaths["/things"] }>({ token, baseUrl: server.url });
    expect((await rejection(api.GET("@example.com/things"), RolloutConfigError)).message).toMatch(SAME_ORIGIN);
    expect(server.requests).toEqual([]);
  });

  test("by middleware", async () => {
    const [server, other] = [await startHttpServer(), await startHttpServer()];
    const api = createRolloutApi<ThingPaths>({ token, baseUrl: server.url });
    api.use({ onRequest: ({ request }) => new Request(`${other.url}/things`, request) });
    expect((await rejection(api.GET("/things"), RolloutConfigError)).message).toMatch(SAME_ORIGIN);
    expect([server.requests, other.requests]).toEqual([[], []]);
  });

  test("but not if only the path differs", async () => {
    const server = await startHttpServer();
    const api = createRolloutApi<ThingPaths>({ token, baseUrl: `${server.url}/api` });
    await api.GET("/things", { baseUrl: `${server.url}/beta/` });
    expect(server.requests).toMatchObject([{ url: "/beta/things" }]);
  });
});

describe("a path parameter that would make another path is refused before anything is sent:", () => {
  const PROBLEM = 'must not be empty, "." or "..": it would make another path';
  const MISSING = "is missing: the path /people/{personId}/notes needs it";

  test.each<[string, unknown, string]>([
    ["an empty string", "", PROBLEM],
    ["a dot", ".", PROBLEM],
    ["two dots", "..", PROBLEM],
    ["an empty list", [], PROBLEM],
    ["a list of an empty string", [""], PROBLEM],
    ["an empty object", {}, PROBLEM],
    ["undefined", undefined, MISSING],
    ["null", null, MISSING],
  ])("%s", async (_case, personId, problem) => {
    const server = await startHttpServer();
    const api = createRolloutApi<paths>({ token, baseUrl: server.url });
    // @ts-expect-error a parameter that does not compile, as JavaScript may pass it
    const call = api.GET("/people/{personId}/notes", { params: { path: { personId } } });
    expect(await rejection(call, RolloutConfigError)).toMatchObject({
      option: "params.path.personId",
      message: `params.path.personId ${problem}`,
    });
    expect(server.requests).toEqual([]);
  });

  test("none at all", async () => {
    const api = createRolloutApi<paths>({ token, baseUrl: "https://example.com" });
    // @ts-expect-error the document requires the parameter
    expect(await rejection(api.GET("/people/{personId}"), RolloutConfigError)).toMatchObject({
      message: "params.path.personId is missing: the path /people/{personId} needs it",
    });
  });

  test.each(["{.name}", "{;name}", "{name*}"])("two dots in another style of serialization: %s", async (template) => {
    const api = createRolloutApi<Record<string, PathsWithName["/"]>>({ token, baseUrl: "https://example.com" });
    const call = api.GET(`/things/${template}`, { params: { path: { name: ".." } } });
    expect(await rejection(call, RolloutConfigError)).toMatchObject({ option: "params.path.name" });
  });
});
