import { createHmac } from "node:crypto";
import { createTokenSigner } from "rollout-client";
import { createTestToken } from "rollout-client/testing";
import { expect, test } from "vitest";
import { startMock } from "./setup.ts";

const signWith = (clientSecret: string) => createTokenSigner({ clientId: "id", clientSecret }).sign("user_1");
const signed = await signWith("right");
const [header = "", payload = "", signature = ""] = signed.split(".");

const otherAlgorithm = `${btoa('{"alg":"none"}').replaceAll("=", "")}.${payload}`;
const signedSo = `${otherAlgorithm}.${createHmac("sha512", "right").update(otherAlgorithm).digest("base64url")}`;

test.each<[string, string | undefined]>([
  ["no Authorization header", undefined],
  ["another scheme", `Basic ${signed}`],
  ["no JWT", "Bearer a token for tests"],
  ["a payload that is not Base64", `Bearer ${header}.a.${signature}`],
  ["a payload that is not JSON", `Bearer ${header}.${btoa("text")}.${signature}`],
  ["no sub", `Bearer ${header}.${btoa("{}").replaceAll("=", "")}.${signature}`],
  ["an empty sub", `Bearer ${header}.${btoa('{"sub":""}').replaceAll("=", "")}.${signature}`],
  ["an expired token", `Bearer ${createTestToken("user_1", { expiresIn: -1 })}`],
])("the mock responds with 401 to %s", async (_case, authorization) => {
  const { mock, url } = startMock();
  const headers = new Headers(authorization === undefined ? {} : { Authorization: authorization });
  const response = await mock.options.fetch(url, { headers });
  expect(response.status).toBe(401);
  expect(await response.json()).toEqual({ errors: [{ message: expect.any(String) }] });
});

test.each<[string, string, string | undefined, number]>([
  ["signed with the mock's Client Secret", signed, "right", 200],
  ["signed with another", await signWith("wrong"), "right", 401],
  ["signed with another, where the mock has none,", await signWith("wrong"), undefined, 200],
  ["made by createTestToken", createTestToken("user_1"), "right", 401],
  ["whose payload was changed", `${header}.${payload.slice(0, -2)}.${signature}`, "right", 401],
  ["of another algorithm", signedSo, "right", 401],
])("a token $0 gets a $3", async (_case, token, clientSecret, status) => {
  const { send } = startMock({ clientSecret });
  expect((await send("GET /credentials", undefined, { Authorization: `Bearer ${token}` })).status).toBe(status);
});

test("a test token keeps a user id that is not ASCII", async () => {
  const { mock, send } = startMock();
  await send("GET /credentials", undefined, { Authorization: `Bearer ${createTestToken("Zoë 🏠")}` });
  expect(mock.requests[0]?.userId).toBe("Zoë 🏠");
});
