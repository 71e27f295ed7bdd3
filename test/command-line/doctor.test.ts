import { fileURLToPath } from "node:url";
import { RolloutNetworkError } from "rollout-client";
import { describe, expect, inject, test } from "vitest";
import type { Check, Diagnosis } from "../../src/command-line/doctor.ts";
import { explain } from "../../src/command-line/explain.ts";
import {
  closedPort,
  json,
  type PlainResponse,
  startHttpServer,
  startSocketServer,
  writeAndClose,
  writeAndReset,
} from "../support/servers.ts";
import { buildProgram, environment } from "./program.ts";

const program = await buildProgram();
const projectFolder = fileURLToPath(new URL("../..", import.meta.url));

// Whatever the Node of the tests has.
const withWebSocket = { NODE_OPTIONS: "--import=data:text/javascript,globalThis.WebSocket=class{}" };
const withoutWebSocket = { NODE_OPTIONS: "--import=data:text/javascript,delete(globalThis.WebSocket)" };

const CREDENTIALS = json([{ id: "cred_1", appKey: "gmail", createdAt: "2026-11-24" }]);
const REDIRECT: PlainResponse = { status: 302, headers: { Location: "https://other.example/" } };
const CONNECTORS = json({
  gmail: { name: "Gmail", auth: { type: "oauth2", userInputsSchema: [] }, authByPlan: {}, entities: {} },
});

/** Starts an API whose operations respond like this, with these headers besides. */
async function startApi(responses: Partial<Record<"credentials" | "connectors", PlainResponse>>, headers = {}) {
  return startHttpServer(({ url }) => {
    const operation = url.startsWith("/connectors") ? "connectors" : "credentials";
    const usual = operation === "connectors" ? CONNECTORS : CREDENTIALS;
    const response = responses[operation] ?? usual;
    return { ...response, headers: { ...response.headers, ...headers } };
  });
}

/** Runs `doctor --json`. `last` is the check that failed or the last one. */
async function diagnose(baseUrl: string, args: string[] = [], env: Record<string, string> = {}) {
  const all = { ...environment, ...withWebSocket, ROLLOUT_BASE_URL: baseUrl, ...env };
  const { code, stdout, stderr } = await program.run(["doctor", ...args, "--json"], all);
  const diagnosis: Diagnosis = JSON.parse(stdout);
  expect({ code, stderr }).toEqual({ code: diagnosis.ok ? 0 : 1, stderr: "" });
  expect(stdout).not.toContain("planted_secret");
  return { ...diagnosis, last: diagnosis.checks.at(-1) };
}

describe("doctor", () => {
  test("finds nothing wrong with an API that works, and lists credentials for a user only", async () => {
    const { url } = await startApi({});
    const first = ["variables", "host", "clock", "token", "connectors"];
    const { ok, checks } = await diagnose(url);
    expect([ok, checks.map(({ name }) => name)]).toEqual([true, [...first, "webSocket"]]);
    const ofUser = (await diagnose(url, ["user_123"])).checks.map(({ name }) => name);
    expect(ofUser).toEqual([...first, "credentials", "webSocket"]);
  });

  test("finds nothing wrong with Prism", async () => {
    const { ok, report } = await diagnose(inject("prismUrl"), ["user_123"]);
    expect([ok, report?.appKeysWithoutType]).toEqual([true, []]);
  });

  test("prints a line for each check, up to the first that fails", async () => {
    const { url } = await startApi({ connectors: json({ errors: [{ message: "down\nnow" }] }, 500) });
    const { code, stdout, stderr } = await program.run(["doctor"], { ...environment, ROLLOUT_BASE_URL: url });
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    const [checks = ""] = stdout.split("\n\n");
    expect(checks.match(/^\w+/gm)).toEqual(["ok", "ok", "ok", "ok", "failed"]);
  });

  const refused = async () => `http://127.0.0.1:${await closedPort()}`;
  const api =
    (...started: Parameters<typeof startApi>) =>
    async (): Promise<string> =>
      (await startApi(...started)).url;
  const credentials = json({}, 401);
  const apiAhead =
    (seconds: number, headers = {}) =>
    async (): Promise<string> => {
      const date = new Date(Date.now() + seconds * 1000).toUTCString();
      return (await startApi({ credentials }, { ...headers, Date: date })).url;
    };
  const withoutDate = writeAndClose("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n");

  test.each<[Check["name"], string, string, () => Promise<string>, Record<string, string>?]>([
    ["variables", "no Client ID", "set ROLLOUT_CLIENT_ID", refused, { ROLLOUT_CLIENT_ID: "" }],
    ["variables", "no Client Secret", "set ROLLOUT_CLIENT_SECRET", refused, { ROLLOUT_CLIENT_SECRET: "" }],
    ["variables", "a line break", "remove them", refused, { ROLLOUT_CLIENT_SECRET: "planted_secret\n" }],
    ["variables", "a base URL without a scheme", "https://", async () => "127.0.0.1:1"],
    ["variables", "a base URL with a password", "without a user", async () => "https://a:planted_secret@b.c"],
    // A label may have 63 characters: no resolver has to be asked.
    ["host", "an unknown host", "DNS", async () => `https://${"a".repeat(64)}.invalid`],
    ["host", "a port that refuses", "ROLLOUT_BASE_URL", refused],
    ["host", "a proxy that Node does not use", "NODE_USE_ENV_PROXY", refused, { HTTP_PROXY: "http://127.0.0.1:1" }],
    ["host", "http where https is expected", "scheme", async () => (await api({})()).replace("http:", "https:")],
    ["host", "a port that fetch blocks", "network", async () => "http://127.0.0.1:1"],
    ["host", "a connection that is reset", "network", async () => (await startSocketServer(writeAndReset())).url],
    ["host", "a redirect", "ROLLOUT_BASE_URL", api({ credentials: REDIRECT })],
    ["host", "a page", "ROLLOUT_BASE_URL", api({ credentials: { body: "<p>Log in" } })],
    ["host", "another path", "path", api({ credentials: json({}, 404) })],
    // The clock is the cause of the 401.
    ["clock", "an hour behind", "behind", apiAhead(3600)],
    ["clock", "an hour ahead", "ahead of", apiAhead(-3600)],
    ["token", "a clock that is right, to half a minute", "401", apiAhead(30)],
    ["token", "a response of a cache", "401", apiAhead(-3600, { Age: "3600" })],
    ["token", "no Date", "401", async () => (await startSocketServer(withoutDate)).url],
    ["token", "a 401", "ROLLOUT_CLIENT_SECRET", api({ credentials })],
    ["token", "a 403", "ROLLOUT_CLIENT_ID", api({ credentials: json({}, 403) })],
    ["token", "a 500", "request id req_1", api({ credentials: json({}, 500) }, { "X-Request-Id": "req_1" })],
    ["connectors", "a 500", "500", api({ connectors: json({}, 500) })],
    ["connectors", "a list", "not one of Rollout's API", api({ connectors: json([]) })],
    ["connectors", "a connector that is none", "not one of Rollout's API", api({ connectors: json({ gmail: "yes" }) })],
    ["credentials", "no list", "not one of Rollout's API", api({ credentials: json({ credentials: [] }) })],
  ])("stops at the %s for %s, which it explains with %j", async (name, _case, words, start, env) => {
    const { last } = await diagnose(await start(), ["user_123"], env);
    expect(last).toMatchObject({ name, ok: false });
    expect(`${last?.message}: ${last?.remedy}`).toContain(words);
  });

  test("names the host that does not respond, but no proxy that is for other URLs", async () => {
    const url = await refused();
    const { last } = await diagnose(url, [], { HTTPS_PROXY: "http://127.0.0.1:1" });
    expect(last?.message).toContain(url);
    expect(last?.remedy).not.toContain("NODE_USE_ENV_PROXY");
  });

  test("tries a request that failed no second time", async () => {
    const { url, requests } = await startApi({ credentials: json({}, 429) });
    expect((await diagnose(url)).last?.remedy).toContain("try again");
    expect(requests.length).toBe(1);
  });

  test("needs no readable credentials where there is no user", async () => {
    expect((await diagnose(await api({ credentials: json({}) })())).ok).toBe(true);
  });

  test("stops at a missing WebSocket, unless ws is installed", async () => {
    const { url } = await startApi({});
    const { last } = await diagnose(url, [], withoutWebSocket);
    expect(last).toMatchObject({ name: "webSocket", ok: false });
    expect(last?.remedy).toContain("option webSocket");
    const env = { ...environment, ...withoutWebSocket, ROLLOUT_BASE_URL: url };
    expect((await program.run(["doctor"], env, projectFolder)).code).toBe(0);
  });
});

describe("the report", () => {
  test("has what the package does not know, from every response and connector", async () => {
    const connector = { name: "New", auth: { type: "oauth2", userInputsSchema: [] }, authByPlan: {}, entities: {} };
    const headers = { "X-RateLimit-Limit": "50", "RateLimit-Policy": "50;w=1", "X-Request-Id": "r", "X-Trace-Id": "t" };
    const { url } = await startApi({ connectors: json({ gmail: connector, "new-crm": connector }) }, headers);
    const { report } = await diagnose(url);
    expect(report).toMatchObject({
      appKeysWithoutType: ["new-crm"],
      rateLimitHeaders: ["ratelimit-policy", "x-ratelimit-limit: 50"],
      requestIdHeaders: ["x-request-id", "x-trace-id (not read)"],
    });
    const { stdout } = await program.run(["doctor"], { ...environment, ROLLOUT_BASE_URL: url });
    const [, text] = stdout.split("\n\n");
    for (const word of ["new-crm", "x-ratelimit-limit: 50", "x-trace-id"]) expect(text).toContain(word);
  });

  test.each([[401], [200]])("holds no secret when the server echoes all in a %i", async (status) => {
    const tokens: string[] = [];
    const { url } = await startHttpServer(({ url, headers }) => {
      const token = headers.authorization?.slice("Bearer ".length) ?? "";
      tokens.push(token);
      const echo = `${token} planted_secret`;
      const body = url.startsWith("/credentials") ? [{ id: echo, appKey: echo, data: echo }] : { [echo]: {} };
      const response = status === 200 ? json(body) : json({ errors: [{ message: token }] }, status);
      return { ...response, headers: { ...response.headers, "X-RateLimit-Limit": echo, "X-Request-Id": echo } };
    });
    const env = { ...environment, ...withWebSocket, ROLLOUT_BASE_URL: url };
    for (const options of [[], ["--json"]]) {
      const { stdout, stderr } = await program.run(["doctor", "user_123", ...options], env);
      for (const secret of [...tokens, "planted_secret"]) expect(stdout + stderr).not.toContain(secret);
    }
    expect(tokens.length).toBeGreaterThan(1);
  });
});

describe("an error without a complete response", () => {
  const call = { method: "GET", path: "/", origin: "https://a.example", attempts: 1, mayHaveSucceeded: false };
  const explained = (code: "network" | "timeout", cause: Error) =>
    explain(new RolloutNetworkError("made up", { code, ...call }, cause));

  test.each([
    ["EAI_AGAIN", "DNS"],
    ["CERT_HAS_EXPIRED", "clock"],
    ["CERT_NOT_YET_VALID", "clock"],
    ["CERT_REVOKED", "NODE_EXTRA_CA_CERTS"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "NODE_EXTRA_CA_CERTS"],
    ["SELF_SIGNED_CERT_IN_CHAIN", "NODE_EXTRA_CA_CERTS"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "NODE_EXTRA_CA_CERTS"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "ROLLOUT_BASE_URL"],
    ["EPROTO", "proxy"],
    ["EHOSTUNREACH", "firewall"],
  ])("is explained by its code, with the host: %s", (code, remedy) => {
    const innermost = Object.assign(new Error("no"), { code });
    const cause = Object.assign(new TypeError("fetch failed", { cause: innermost }), { code: "UND_ERR_SOCKET" });
    const explanation = explained("network", cause);
    for (const word of ["https://a.example", code]) expect(explanation.problem).toContain(word);
    expect(explanation.remedy).toContain(remedy);
  });

  test("is explained when the time is up, and when a proxy refuses it", () => {
    expect(explained("timeout", new Error("late")).problem).toMatch(/https:\/\/a\.example.* in time/);
    for (const reason of ["Proxy response (407) !== 200 when HTTP Tunneling", "Proxy Authentication Required (407)"]) {
      const cause = new Error("fetch failed", { cause: new Error(reason) });
      expect(explained("network", cause).problem).toMatch(/proxy .*https:\/\/a\.example with 407/);
    }
  });
});
