import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { get } from "node:http";
import { createRolloutMock } from "rollout-client/testing";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { readArguments, UsageError } from "../../src/command-line/arguments.ts";
import { run } from "../../src/command-line/commands.ts";
import { printable } from "../../src/command-line/printable.ts";
import { closedPort, json, startHttpServer } from "../support/servers.ts";
import { buildProgram, environment } from "./program.ts";

describe("the command", () => {
  const { options } = createRolloutMock({ clientSecret: environment.ROLLOUT_CLIENT_SECRET });
  const print = async (...args: string[]) => (await run(readArguments(args), options.baseUrl)).output;

  beforeEach(() => {
    vi.stubGlobal("fetch", options.fetch);
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    return () => void vi.unstubAllEnvs().unstubAllGlobals();
  });

  test("connectors prints a table, and the whole response with --json", async () => {
    const [head, first] = (await print("connectors")).split("\n");
    expect(head).toMatch(/^appKey +name +auth +userInputs$/);
    expect(first).toMatch(/^follow-up-boss +Follow Up Boss +apiToken +apiKey$/);
    expect(await print("connectors")).toMatch(/ username, password$/m);
    const auth = { type: "oauth2", userInputsSchema: [] };
    const connector = { name: "New", auth, authByPlan: {}, entities: { a: 1 }, more: [1] };
    vi.stubGlobal("fetch", async () => Response.json({ new: connector }));
    expect(JSON.parse(await print("connectors", "--json"))).toEqual([{ ...connector, appKey: "new" }]);
  });

  test("credentials prints those of the user, without what the account's owner entered", async () => {
    const row = { id: "cred_1", appKey: "lofty", createdAt: "now\r\n\u0085then", profile: { accountName: "Jo" } };
    vi.stubGlobal("fetch", async () => Response.json([{ ...row, data: { apiKey: "planted_input" } }]));
    const [head, ...lines] = (await print("credentials", "user_123")).trimEnd().split("\n");
    expect(head).toMatch(/^id +appKey +label +createdAt$/);
    // Each one on a line of its own.
    expect(lines).toEqual([expect.stringMatching(/^cred_1 +lofty +now \\u0085then$/)]);
    expect(JSON.parse(await print("credentials", "user_123", "--json"))).toEqual([row]);
  });

  test("credentials says when there is none", async () => {
    expect(await print("credentials", "nobody")).toBe("none\n");
  });

  test("token prints a token of the user", async () => {
    const [, payload = ""] = (await print("token", "user_123")).split(".");
    expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toMatchObject({ iss: "client", sub: "user_123" });
  });

  test.each([[[]], [["help"]], [["help", "token"]], [["-h"]], [["doctor", "--help"]]])(
    "%j describes every command, option and variable",
    async (args: string[]) => {
      const help = await print(...args);
      const commands = ["token <userId>", "connectors", "credentials <userId>", "doctor [userId]", "mock", "help"];
      for (const word of [...commands, "--json", "--port", "--help", "--version"]) expect(help).toContain(word);
      for (const name of [...Object.keys(environment), "ROLLOUT_BASE_URL"]) expect(help).toContain(name);
    },
  );
});

test.each<[string[], string]>([
  [["tokens"], '"tokens"'],
  [["token", "user", "--secret", "s"], "'--secret'"],
  [["token"], "token"],
  [["token", "one", "two"], "token"],
  [["token", "one", "--json"], "--json"],
  [["credentials", ""], "credentials"],
  [["connectors", "one"], "connectors"],
  [["connectors", "--port", "1"], "--port"],
  [["doctor", ""], "doctor"],
  [["doctor", "one", "two"], "doctor"],
  [["mock", "--json"], "--json"],
  [["mock", "one"], "mock"],
  [["mock", "--port", "http"], "--port"],
  [["mock", "--port", "65536"], "--port"],
])("the arguments %j are a mistake, which the message names: %s", (args, word) => {
  expect(() => readArguments(args)).toThrow(UsageError);
  expect(() => readArguments(args)).toThrow(word);
});

test("what is printed has no character that controls the terminal, and JSON keeps its meaning", () => {
  const controls = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code)).filter((c) =>
    /\p{Cc}/u.test(c),
  );
  const directions = [..."\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"];
  const value = { [controls.join("")]: directions.join("") };
  const text = printable(JSON.stringify(value, null, 2));
  expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
  expect(text).toContain("\\u009b");
  expect(text).toContain("\\u202e");
  expect(JSON.parse(text)).toEqual(value);
  expect(printable("Zoë 👩‍👧 עברית\n")).toBe("Zoë 👩‍👧 עברית\n");
});

describe("the program", async () => {
  const program = await buildProgram();
  const withBaseUrl = (url: string) => ({ ...environment, ROLLOUT_BASE_URL: url });

  test.each<[string, string[], Record<string, string>, RegExp]>([
    ["a token for the user", ["token", "user_123"], environment, /^[\w-]+\.[\w-]+\.[\w-]+\n$/],
    ["its version without any variable", ["--version"], {}, /^\d+\.\d+\.\d+\n$/],
    ["its help without any argument or variable", [], {}, /^Usage: /],
  ])("prints %s, and nothing else", async (_case, args, env, printed) => {
    const stdout = expect.stringMatching(printed);
    expect(await program.run(args, env)).toMatchObject({ code: 0, stdout, stderr: "" });
  });

  test.each<[string, string[], Record<string, string>, string]>([
    ["an unknown command", ["tokens"], environment, "--help"],
    ["no Client ID", ["token", "one"], {}, "ROLLOUT_CLIENT_ID"],
    ["no Client Secret", ["token", "one"], { ROLLOUT_CLIENT_ID: "id" }, "ROLLOUT_CLIENT_SECRET"],
    ["a quoted Client ID", ["token", "one"], { ROLLOUT_CLIENT_ID: '"id"' }, "ROLLOUT_CLIENT_ID"],
    ["a base URL without http", ["connectors"], withBaseUrl("localhost:1"), "ROLLOUT_BASE_URL"],
    ["a base URL with http", ["connectors"], withBaseUrl("http://a.b"), "ROLLOUT_BASE_URL"],
  ])("exits with 2 and one line for %s", async (_case, args, env, word) => {
    const { code, stdout, stderr } = await program.run(args, env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^rollout-client: [^\n]+\n$/);
    expect(stderr).toContain(word);
    // The names of options are not those of the command line.
    expect(stderr).not.toMatch(/baseUrl|clientId|clientSecret|dangerouslyAllowHttp|pass it/);
  });

  test("mock runs until it is ended, says that one-time passwords need ws where it is missing, and refuses a port in use", async () => {
    const mock = program.start(["mock", "--port", "0"], {});
    onTestFinished(() => void mock.end());
    const { input: text } = await mock.printed(/\?fail/);
    expect(text.split("\n").filter((line) => line.includes("package ws"))).toHaveLength(1);
    const baseUrl = /^ROLLOUT_BASE_URL=(.+)$/m.exec(text)?.[1] ?? "";
    const upgrade = { connection: "upgrade", upgrade: "websocket" };
    const [response] = await once(get(`${baseUrl}/auth/otp/otp_1`, { headers: upgrade }), "response");
    expect(response.statusCode).toBe(501);
    const { code, stdout, stderr } = await program.run(["mock", "--port", new URL(baseUrl).port], {});
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^rollout-client: [^\n]*EADDRINUSE[^\n]*\n$/);
  });

  test("exits with 1 when what it prints cannot be written", async () => {
    const readOnly = openSync(program.file, "r");
    const child = spawn(process.execPath, [program.file, "--version"], { stdio: ["ignore", readOnly, "ignore"] });
    closeSync(readOnly);
    expect(await once(child, "exit")).toEqual([1, null]);
  });

  test("exits with 1 and one line with the host and the variable when the call fails, and does not show the secret", async () => {
    const { url } = await startHttpServer(() => ({ status: 401 }));
    const refused = `http://127.0.0.1:${await closedPort()}`;
    for (const [baseUrl, ...words] of [
      [url, "401", "ROLLOUT_CLIENT_ID"],
      [refused, "ECONNREFUSED", "ROLLOUT_BASE_URL"],
    ]) {
      const { code, stdout, stderr } = await program.run(["connectors"], withBaseUrl(baseUrl ?? ""));
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toMatch(/^rollout-client: ((?!planted)[^\n])+\n$/);
      for (const word of [baseUrl, ...words]) expect(stderr).toContain(word);
    }
  });

  test.each([
    ["its output", 200],
    ["an error", 400],
  ])("prints no control character of the server's in %s", async (_case, status) => {
    const text = "\u001b[2J \u009b2J \u202egnp.exe";
    const { url } = await startHttpServer(() =>
      status === 200 ? json([{ id: text }]) : json({ errors: [{ message: text }] }, status),
    );
    const { stdout, stderr } = await program.run(["credentials", "user_123", "--json"], withBaseUrl(url));
    expect(stdout + stderr).toContain("\\u009b2J \\u202egnp.exe");
    expect(stdout + stderr).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
  });
});
