import { inspect } from "node:util";
import { createRolloutApi, createRolloutClient, type FetchFunction, RolloutConfigError } from "rollout-client";
import { expect, test, vi } from "vitest";
import document from "../../openapi/rollout.json" with { type: "json" };
import { startHttpServer } from "../support/http-server.ts";
import { rejection } from "../support/rejection.ts";

const input = { appKey: "gmail", userInputs: {} };

/** The URL that a create is sent to. */
async function urlOf(baseUrl: string | URL | undefined): Promise<string> {
  const fetch = vi.fn<FetchFunction>(async () => Response.json({ id: "cred_1" }));
  await createRolloutClient({ token: "made-up", baseUrl, fetch }).credentials.create(input);
  return fetch.mock.calls[0]?.[0] ?? "none";
}

test("the default base URL is the first server of the document", async () => {
  expect(await urlOf(undefined)).toBe(`${document.servers[0]?.url}/credentials`);
});

test.each([
  ["https://example.com", "https://example.com/credentials"],
  ["https://example.com/", "https://example.com/credentials"],
  ["https://example.com/api", "https://example.com/api/credentials"],
  ["https://example.com/api/", "https://example.com/api/credentials"],
  ["https://EXAMPLE.com:443/a/b", "https://example.com/a/b/credentials"],
  ["https://example.com:8443/api", "https://example.com:8443/api/credentials"],
])("base URL %s: requests go to %s", async (baseUrl, url) => {
  expect(await urlOf(baseUrl)).toBe(url);
  expect(await urlOf(new URL(baseUrl))).toBe(url);
});

test.each([
  "http://localhost:3000",
  "http://api.localhost",
  "http://127.0.0.1:3000",
  "http://127.8.8.8",
  "http://[::1]",
])("base URL %s may be http: it is on loopback", async (baseUrl) => {
  expect(await urlOf(`${baseUrl}/api`)).toBe(`${baseUrl}/api/credentials`);
});

test("the path of the base URL is kept on the wire", async () => {
  const server = await startHttpServer();
  await createRolloutClient({ token: "made-up", baseUrl: `${server.url}/api/` }).credentials.create(input);
  expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual(["POST /api/credentials"]);
});

const HTTPS = /^baseUrl must be https/;
const ABSOLUTE = /^baseUrl must be an absolute URL with https:\/\/ or http:\/\/$/;

test("createRolloutApi needs a base URL", () => {
  // @ts-expect-error options that do not compile, as JavaScript may pass them
  expect(() => createRolloutApi({ token: "made-up" })).toThrow(ABSOLUTE);
});

test("with dangerouslyAllowHttp, the base URL may be http on any host", async () => {
  const fetch = vi.fn<FetchFunction>(async () => Response.json({ id: "cred_1" }));
  const options = { token: "made-up", baseUrl: "http://mock:4010", fetch };
  await createRolloutClient({ ...options, dangerouslyAllowHttp: true }).credentials.create(input);
  expect(fetch.mock.calls[0]?.[0]).toBe("http://mock:4010/credentials");
  expect(() => createRolloutClient({ ...options, dangerouslyAllowHttp: false })).toThrow(HTTPS);
});

test.each([
  ["http://example.com/api", HTTPS],
  ["http://127.0.0.1.example.com", HTTPS],
  ["http://localhost.example.com", HTTPS],
  ["http://notlocalhost", HTTPS],
  ["http://10.0.0.1", HTTPS],
  ["http://0.0.0.0", HTTPS],
  ["ws://localhost", ABSOLUTE],
  ["ftp://localhost", ABSOLUTE],
  ["javascript:alert(1)", ABSOLUTE],
  ["localhost:4010", ABSOLUTE],
  ["https://user@example.com", /^baseUrl must not hold credentials$/],
  ["https://user:planted_secret@example.com", /^baseUrl must not hold credentials$/],
  ["https://example.com/api?key=planted_secret", /^baseUrl must have no query and no fragment$/],
  ["https://example.com/api?", /^baseUrl must have no query and no fragment$/],
  ["https://example.com/api#planted_secret", /^baseUrl must have no query and no fragment$/],
  ["", ABSOLUTE],
  ["/api", ABSOLUTE],
  ["example.com/planted_secret", ABSOLUTE],
  ["https://", ABSOLUTE],
])("base URL %s is refused, without its value in the error", async (baseUrl, message) => {
  for (const create of [createRolloutClient, createRolloutApi]) {
    const failure = await rejection(() => create({ token: "made-up", baseUrl }), RolloutConfigError);
    expect(failure).toMatchObject({ option: "baseUrl", message: expect.stringMatching(message) });
    expect(inspect(failure)).not.toContain("planted_secret");
  }
});

test.each([[42], [{}], [true]])("base URL %j is refused: not a URL", (baseUrl) => {
  // @ts-expect-error a base URL that does not compile, as JavaScript may pass it
  expect(() => createRolloutClient({ token: "made-up", baseUrl })).toThrow(ABSOLUTE);
});
