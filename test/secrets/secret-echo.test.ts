import {
  createRolloutClient,
  type FetchInit,
  RolloutApiError,
  RolloutError,
  RolloutResponseError,
} from "rollout-client";
import { describe, expect, test } from "vitest";
import { rejection } from "../support/rejection.ts";
import { answer, startSocketServer } from "../support/socket-server.ts";
import { leaks, plantedBody, plantedInput, plantedList, plantedPassword, plantedToken } from "./planted-secrets.ts";

type Answer = (init: FetchInit) => Response;

/** What a caller has in hand after an echo: the error, what `api` resolves to, and the log. */
async function observe(respond: Answer): Promise<{ error: RolloutError; result: unknown; lines: string[] }> {
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  const options = {
    token: () => plantedToken,
    fetch: async (_url: string, init: FetchInit) => respond(init),
    logger: { debug: log, warn: log },
    retry: { limit: 1, maxDelay: 1 },
  };
  const { api, credentials } = createRolloutClient(options);
  const error = await rejection(credentials.create(plantedInput), RolloutError);
  const result = await api.POST("/credentials", { body: plantedInput }).catch((thrown: unknown) => thrown);
  return { error, result, lines };
}

/** What can be said of a result of `api` without the response, whose inner parts are the platform's. */
function shown(result: unknown): unknown[] {
  if (typeof result !== "object" || result === null || !("response" in result)) return [result];
  const { response, ...rest } = result;
  return response instanceof Response ? [rest, response.headers] : [rest];
}

const secrets: [string, string][] = [
  ["the Authorization header", `Bearer ${plantedToken}`],
  ["the token", plantedToken],
  ["a value of userInputs", plantedPassword],
  ["a value trimmed", `\t${plantedPassword} \n`],
  ["a value in a list of userInputs", plantedList.join(" and ")],
  ["the request body", plantedBody],
];

const json = (value: unknown) => JSON.stringify(value);
const base64 = (text: string) => Buffer.from(text).toString("base64");
const ascii = (text: string) =>
  text.replace(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);

const bodies: [string, string, (secret: string) => string][] = [
  ["an error in JSON", "application/json", (secret) => json({ errors: [{ message: `no: ${secret}` }] })],
  ["an error message in JSON", "application/json", (secret) => json({ errorMessage: `no: ${secret}.` })],
  ["a key of JSON", "application/json", (secret) => json({ [secret]: { [`a ${secret}`]: [] } })],
  ["JSON deep down", "application/problem+json", (secret) => json([[[{ detail: [secret, null, 1] }]]])],
  ["JSON in ASCII", "application/json", (secret) => ascii(json({ errors: [{ message: secret }] }))],
  ["JSON with escaped slashes", "application/json", (secret) => json({ echo: secret }).replaceAll("/", "\\/")],
  [
    "JSON safe for HTML",
    "application/json",
    (secret) => json([secret]).replace(/[<>&']/g, (found) => `\\u00${found.charCodeAt(0).toString(16)}`),
  ],
  ["a JSON string", "application/json", (secret) => json(secret)],
  ["JSON that ends too early", "application/json", (secret) => `{"echo":${json(secret)}`],
  ["text", "text/plain", (secret) => `no: ${secret}!`],
  ["a URL", "text/plain", (secret) => `https://example.com/?echo=${encodeURIComponent(secret)}`],
  ["a form", "application/x-www-form-urlencoded", (secret) => new URLSearchParams({ echo: secret }).toString()],
];

describe.each(bodies)("an echo as %s", (_name, type, write) => {
  test.each(secrets)("of %s is in nothing that can be seen", async (_secret, secret) => {
    for (const status of [400, 401, 429, 500]) {
      const headers = { "Content-Type": type, "Retry-After": "0" };
      const { error, result, lines } = await observe(() => new Response(write(secret), { status, headers }));
      expect(error).toBeInstanceOf(RolloutApiError);
      expect(error).toHaveProperty("status", status);
      expect(leaks(error, lines, ...shown(result))).toEqual([]);
      expect(lines).not.toHaveLength(0);
    }
  });

  test("is not quoted by a parser either", async () => {
    for (const [, secret] of secrets) {
      const broken = () => new Response(`${write(secret)}{`, { headers: { "Content-Type": type } });
      const { error, result, lines } = await observe(broken);
      expect(error).toBeInstanceOf(RolloutResponseError);
      expect(leaks(error, lines, ...shown(result))).toEqual([]);
    }
  });
});

describe("an echo in a header", () => {
  const headers: [string, (secret: string) => string][] = [
    ["as bytes", (secret) => Buffer.from(secret.trim()).toString("latin1")],
    ["as a URL", (secret) => `https://example.com/?echo=${encodeURIComponent(secret)}`],
  ];
  test.each(headers)("%s is in nothing that can be seen", async (_name, write) => {
    for (const [, secret] of secrets) {
      for (const [name, status] of [
        ["X-Echo", 400],
        ["X-Request-Id", 500],
        ["Set-Cookie", 401],
        ["Location", 302],
        ["X-Echo", 204],
      ] as const) {
        const { error, result, lines } = await observe(
          () => new Response(null, { status, headers: { [name]: write(secret) } }),
        );
        expect(error).toHaveProperty("status", status);
        expect(leaks(error, lines)).toEqual([]);
        if (status >= 300) expect(leaks(...shown(result))).toEqual([]);
      }
    }
  });

  test("as its very name costs the header, not the error", async () => {
    const respond = () =>
      Response.json(
        {},
        { status: 400, headers: { "X-Mine": "kept", [`X-${plantedInput.appKey}`]: "1", "X-Sesame": "1" } },
      );
    const { credentials } = createRolloutClient({ token: "made-up", fetch: async () => respond() });
    const call = credentials.create({ appKey: "gmail", userInputs: { one: "sesame", two: "follow-up-boss" } });
    const error = await rejection(call, RolloutApiError);
    expect([...error.headers]).toEqual([
      ["content-type", "application/json"],
      ["x-mine", "kept"],
    ]);
  });
});

test.each([plantedToken, plantedPassword, ...plantedList, plantedBody])(
  "an echo of %j in Base64 is in nothing that can be seen",
  async (secret) => {
    const errors = [{ message: `${base64(secret)} ${Buffer.from(secret).toString("base64url")}` }];
    const { error, result, lines } = await observe(() => Response.json({ errors }, { status: 400 }));
    expect(leaks(error, lines, ...shown(result))).toEqual([]);
  },
);

test("an echo of the token that was refused before is in nothing that can be seen either", async () => {
  const token = ({ refresh }: { refresh: boolean }) => (refresh ? "made-up-new" : plantedToken);
  const fetch = async (_url: string, { headers }: FetchInit) =>
    headers.get("Authorization") === "Bearer made-up-new"
      ? Response.json({ errorMessage: `made-up-new is no better than ${plantedToken}` }, { status: 403 })
      : Response.json({}, { status: 401 });
  const { credentials } = createRolloutClient({ token, fetch });
  const error = await rejection(credentials.create(plantedInput), RolloutApiError);
  expect(error.errors).toEqual([{ message: "[redacted] is no better than [redacted]" }]);
  expect(leaks(error)).toEqual([]);
});

test("a real server's echo of everything it was sent is in nothing that can be seen", async () => {
  const server = await startSocketServer((socket, request) => {
    const echo = { headers: Object.fromEntries(request.headers), body: request.body, parsed: JSON.parse(request.body) };
    answer(
      400,
      { errors: [{ message: JSON.stringify(echo) }], echo },
      { "X-Echo": request.token ?? "" },
    )(socket, request);
  });
  const { credentials } = createRolloutClient({ baseUrl: server.url, token: plantedToken });
  const error = await rejection(credentials.create(plantedInput), RolloutApiError);
  expect(server.requests[0]?.token).toBe(plantedToken);
  expect(leaks(error)).toEqual([]);
});
