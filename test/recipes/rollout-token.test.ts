import { decodeJwt } from "jose";
import { afterEach, expect, test, vi } from "vitest";
import { GET } from "./app/rollout-token/route.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

test("the route gives a token to a user who is signed in", async () => {
  vi.stubEnv("ROLLOUT_CLIENT_ID", "made-up-client-id");
  vi.stubEnv("ROLLOUT_CLIENT_SECRET", "made-up-client-secret");
  const response = await GET(new Request("http://localhost/rollout-token", { headers: { "x-user": "user_123" } }));
  expect(response.headers.get("cache-control")).toBe("no-store");
  const { token } = await response.json();
  expect(decodeJwt(token)).toMatchObject({ iss: "made-up-client-id", sub: "user_123" });
});

test("the route gives none to anyone else", async () => {
  const response = await GET(new Request("http://localhost/rollout-token"));
  expect(response.status).toBe(401);
  expect(await response.json()).not.toHaveProperty("token");
});
