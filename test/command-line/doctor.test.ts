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
  return { ...diagnosis, last: diagnosis.checks.at(-1) };
}

const failed = (name: Check["name"]) => ({ name, ok: false });

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

  test.each<[string, Record<string, string>, string]>([
    ["no Client ID", { ROLLOUT_CLIENT_ID: "" }, "set ROLLOUT_CLIENT_ID"],
    ["no Client Secret", { ROLLOUT_CLIENT_SECRET: "" }, "set ROLLOUT_CLIENT_SECRET"],
    ["a Client Secret with a line break", { ROLLOUT_CLIENT_SECRET: "planted_secret\n" }, "remove them"],
    ["a base URL without a scheme", { ROLLOUT_BASE_URL: "127.0.0.1:1" }, "https://"],
    ["a base URL with a password", { ROLLOUT_BASE_URL: "https://a:planted_secret@b.c" }, "without a user"],
  ])("stops at the variables for %s, and sends nothing", async (_case, env, remedy) => {
    const { url, requests } = await startApi({});
    const { last, report } = await diagnose(url, [], env);
    expect(last).toMatchObject(failed("variables"));
    expect(last?.remedy).toContain(remedy);
    expect(JSON.stringify(last)).not.toContain("planted_secret");
    expect([report, requests.length]).toEqual([undefined, 0]);
  });

  test.each<[string, () => Promise<string>, string]>([
    // A label may have 63 characters: no resolver has to be asked.
    ["an unknown host", async () => `https://${"a".repeat(64)}.invalid`, "DNS"],
    ["a port that refuses", async () => `http://127.0.0.1:${await closedPort()}`, "ROLLOUT_BASE_URL"],
    ["http where https is expected", async () => (await startApi({})).url.replace("http:", "https:"), "scheme"],
    ["a port that fetch blocks", async () => "http://127.0.0.1:1", "network"],
    ["a connection that is reset", async () => (await startSocketServer(writeAndReset())).url, "network"],
    ["a redirect", async () => (await startHttpServer(() => REDIRECT)).url, "ROLLOUT_BASE_URL"],
    ["a page", async () => (await startHttpServer(() => ({ body: "<p>Log in" }))).url, "ROLLOUT_BASE_URL"],
    ["another path", async () => (await startApi({ credentials: json({}, 404) })).url, "path"],
  ])("stops at the host for %s", async (_case, start, remedy) => {
    const url = await start();
    const { last } = await diagnose(url);
    expect(last).toMatchObject(failed("host"));
    expect(last?.message).toContain(url);
    expect(last?.remedy).toContain(remedy);
  });

  test("tells of a proxy that Node does not use", async () => {
    const url = `http://127.0.0.1:${await closedPort()}`;
    const remedyWith = async (env: Record<string, string>) => (await diagnose(url, [], env)).last?.remedy;
    expect(await remedyWith({ HTTP_PROXY: "http://127.0.0.1:1" })).toContain("NODE_USE_ENV_PROXY");
    expect(await remedyWith({ HTTPS_PROXY: "http://127.0.0.1:1" })).not.toContain("NODE_USE_ENV_PROXY");
  });

  test.each<[string, number, Record<string, string>, string | undefined]>([
    ["an hour behind", 3600, {}, "behind"],
    ["an hour ahead", -3600, {}, "ahead of"],
    ["right, to half a minute", 30, {}, undefined],
    ["right, but the response comes from a cache", -3600, { Age: "3600" }, undefined],
  ])("compares a clock that is %s", async (_case, seconds, headers, word) => {
    const date = new Date(Date.now() + seconds * 1000).toUTCString();
    // The clock is the cause of the 401.
    const { url } = await startApi({ credentials: json({}, 401) }, { ...headers, Date: date });
    const { last } = await diagnose(url);
    expect(last).toMatchObject(failed(word === undefined ? "token" : "clock"));
    if (word !== undefined) expect(last?.message).toContain(word);
  });

  test("does without a Date", async () => {
    const withoutDate = "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n";
    const { url } = await startSocketServer((socket) => void socket.write(withoutDate));
    expect((await diagnose(url)).last).toMatchObject(failed("token"));
  });

  test.each([
    [401, "ROLLOUT_CLIENT_SECRET"],
    [403, "ROLLOUT_CLIENT_ID"],
    [429, "try again"],
    [500, "request id req_1"],
  ])("stops at the token for a %i, after one request", async (status, remedy) => {
    const { url, requests } = await startApi({ credentials: json({}, status, { "X-Request-Id": "req_1" }) });
    const { last } = await diagnose(url, ["user_123"]);
    expect(last).toMatchObject(failed("token"));
    expect(last?.remedy).toContain(remedy);
    expect(requests.length).toBe(1);
  });

  test.each([
    ["a 500", json({}, 500)],
    ["a list", json([])],
    ["a connector that is none", json({ gmail: "yes" })],
  ])("stops at connectors that cannot be read: %s", async (_case, connectors) => {
    const { url } = await startApi({ connectors });
    expect((await diagnose(url)).last).toMatchObject(failed("connectors"));
  });

  test("stops at credentials that cannot be read, if there is a user", async () => {
    const { url } = await startApi({ credentials: json({ credentials: [] }) });
    expect((await diagnose(url)).ok).toBe(true);
    expect((await diagnose(url, ["user_123"])).last).toMatchObject(failed("credentials"));
  });

  test("stops at a missing WebSocket, unless ws is installed", async () => {
    const { url } = await startApi({});
    const { last } = await diagnose(url, [], withoutWebSocket);
    expect(last).toMatchObject(failed("webSocket"));
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
