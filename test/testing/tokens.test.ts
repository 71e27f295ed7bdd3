import { createTokenSigner } from "rollout-client";
import { createTestToken } from "rollout-client/testing";
import { expect, test } from "vitest";
import { startMock } from "./setup.ts";

const right = createTokenSigner({ clientId: "id", clientSecret: "right" });
const wrong = createTokenSigner({ clientId: "id", clientSecret: "wrong" });
const signed = await right.sign("user_1");
const [header = "", payload = "", signature = ""] = signed.split(".");

const refused: [string, string | undefined][] = [
  ["no Authorization header", undefined],
  ["another scheme", `Basic ${signed}`],
  ["no JWT", "Bearer a token for tests"],
  ["a payload that is not Base64", `Bearer ${header}.a.${signature}`],
  ["a payload that is not JSON", `Bearer ${header}.${btoa("text")}.${signature}`],
  ["no sub", `Bearer ${header}.${btoa("{}").replaceAll("=", "")}.${signature}`],
  ["an empty sub", `Bearer ${createTestToken("")}`],
  ["an expired token", `Bearer ${createTestToken("user_1", { expiresIn: -1 })}`],
];

test.each(refused)("401 for %s", async (_case, authorization) => {
  const { mock } = startMock();
  const init = authorization === undefined ? {} : { headers: { Authorization: authorization } };
  const response = await mock.options.fetch(`${mock.options.baseUrl}/credentials`, init);
  expect(response.status).toBe(401);
  expect(await response.json()).toEqual({ errors: [{ message: expect.any(String) }] });
});

const secrets: [string, string, number][] = [
  ["signed with it", signed, 200],
  ["signed with another", await wrong.sign("user_1"), 401],
  ["made without one", createTestToken("user_1"), 401],
  ["whose payload was changed", `${header}.${payload.slice(0, -2)}.${signature}`, 401],
  ["of another algorithm", `${btoa('{"alg":"none"}').replaceAll("=", "")}.${payload}.${signature}`, 401],
];

test.each(secrets)("with a Client Secret, a token $0 gets a $2", async (_case, token, status) => {
  const { send } = startMock({ clientSecret: "right" });
  expect((await send("GET /credentials", undefined, { Authorization: `Bearer ${token}` })).status).toBe(status);
});

test("without a Client Secret, any signature will do", async () => {
  const { send } = startMock();
  const headers = { Authorization: `Bearer ${await wrong.sign("user_1")}` };
  expect((await send("GET /credentials", undefined, headers)).status).toBe(200);
});

test("a test token keeps a user id that is not ASCII", async () => {
  const { mock, send } = startMock();
  await send("GET /credentials", undefined, { Authorization: `Bearer ${createTestToken("Zoë 🏠")}` });
  expect(mock.requests[0]?.userId).toBe("Zoë 🏠");
});
