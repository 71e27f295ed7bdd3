import { createRolloutApi, RolloutConfigError } from "rollout-client";
import { describe, expect, test } from "vitest";
import { json, startHttpServer } from "../support/http-server.ts";
import { rejection } from "../support/rejection.ts";
import type { ThingPaths } from "../support/things.ts";

describe("what only JavaScript lets through", () => {
  test.each([undefined, null, 7, ""])("a path that is none is refused: %j", async (path) => {
    const api = createRolloutApi<ThingPaths>({ token: "made-up", baseUrl: "http://127.0.0.1:1" });
    const failure = await rejection(Reflect.apply(api.GET, api, [path]), RolloutConfigError);
    expect(failure.option).toBe("path");
  });

  test("a method that is none is refused", async () => {
    const api = createRolloutApi<ThingPaths>({ token: "made-up", baseUrl: "http://127.0.0.1:1" });
    const failure = await rejection(Reflect.apply(api.request, api, [undefined, "/things"]), RolloutConfigError);
    expect(failure.option).toBe("method");
  });

  test("null in the place of what a call takes is nothing, as for openapi-fetch", async () => {
    const { url, requests } = await startHttpServer(() => json([]));
    const api = createRolloutApi<ThingPaths>({ token: "made-up", baseUrl: url });
    await Reflect.apply(api.GET, api, ["/things", null]);
    expect(requests).toHaveLength(1);
  });
});
