import {
  cachedToken,
  createRateLimiter,
  createRolloutApi,
  createRolloutClient,
  createTokenSigner,
  RolloutConfigError,
  RolloutResponseError,
} from "rollout-client";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";
import { json, startHttpServer } from "../support/servers.ts";
import { type ThingPaths, thing } from "../support/things.ts";

const planted = vi.fn();

// What every option would do that is read from a prototype: change the requests, fail, or be called.
const OPTIONS: Readonly<Record<string, unknown>> = {
  token: "planted",
  credentialId: "planted",
  baseUrl: "http://127.0.0.1:1",
  dangerouslyAllowHttp: true,
  headers: { "X-Planted": "planted" },
  retry: false,
  limit: 0,
  maxDelay: -1,
  rateLimiter: { acquire: planted },
  waitUntilReady: -1,
  maxResponseBytes: 1,
  fetch: planted,
  webSocket: 1,
  logger: { debug: planted, warn: planted },
  onCall: planted,
  params: { query: { planted: 1 } },
  path: { credentialId: "planted" },
  header: { "X-Planted": "planted" },
  querySerializer: planted,
  appKey: "planted",
  includeProfile: true,
  entitiesToSync: { people: true },
  parseAs: "text",
  bodySerializer: planted,
  pathSerializer: planted,
  middleware: [{ onRequest: planted }],
  confirm: true,
  onOtp: planted,
  expiresIn: -1,
  clientId: "planted",
  clientSecret: " ",
  requestsPerSecond: -1,
};

/** Gives a property to every object, until the end of the test. */
function plant(name: string, value: unknown): void {
  Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
  onTestFinished(() => void Reflect.deleteProperty(Object.prototype, name));
}

afterEach(() => {
  vi.unstubAllEnvs();
});

test("authorization of every object's prototype is no header", () => {
  plant("authorization", "planted");
  expect(() => createRolloutClient({ token: "made-up", headers: { "X-Trace": "t1" } })).not.toThrow();
});

test.each(Object.keys(OPTIONS))("%s of every object's prototype is no option", async (name) => {
  vi.stubEnv("ROLLOUT_CLIENT_ID", "client");
  vi.stubEnv("ROLLOUT_CLIENT_SECRET", "secret");
  planted.mockClear();
  const statuses = [429];
  const server = await startHttpServer(() => json({ id: "cred_1" }, statuses.shift(), { "Retry-After": "0" }));
  plant(name, OPTIONS[name]);
  const overHttp = () => createRolloutClient({ token: "made-up", baseUrl: "http://rollout.test" });
  expect(await rejection(overHttp, RolloutConfigError)).toMatchObject({ option: "baseUrl" });
  const options = { token: cachedToken(() => "made-up"), baseUrl: server.url };
  const { api, credentials } = createRolloutClient({ ...options, rateLimiter: createRateLimiter({}) });
  const things = createRolloutApi<ThingPaths>({ ...options, retry: {} });
  const input = { appKey: "gmail", userInputs: {} };
  const middleware = [{ onRequest: () => {} }];
  expect(await api.POST("/credentials", { body: input, middleware })).toMatchObject({ data: { id: "cred_1" } });
  expect(await credentials.create(input, {})).toEqual({ id: "cred_1" });
  expect(await things.PUT("/things", { body: thing })).toMatchObject({ data: { id: "cred_1" } });
  await credentials.update("cred_1", Object({}));
  await credentials.delete("cred_1");
  await rejection(credentials.list({}), RolloutResponseError);
  expect(await createTokenSigner({}).sign("user")).toMatch(/^ey/);
  const sent = server.requests.map(({ method, url, headers, body }) => [
    ...[method, url, body, headers.authorization],
    ...[headers["x-planted"], headers["x-rollout-credential-id"]],
  ]);
  const rest = ["Bearer made-up", undefined, undefined];
  const create = ["POST", "/credentials", JSON.stringify(input), ...rest];
  expect(sent).toEqual([
    ...[create, create, create],
    ["PUT", "/things", JSON.stringify(thing), ...rest],
    ["PUT", "/credentials/cred_1", "{}", ...rest],
    ["DELETE", "/credentials?credentialId=cred_1", "", ...rest],
    ["GET", "/credentials", "", ...rest],
  ]);
  expect(planted).not.toHaveBeenCalled();
});
