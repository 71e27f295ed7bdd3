import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { get } from "node:http";
import { createRolloutMock } from "rollout-client/testing";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { readArguments } from "../../src/command-line/arguments.ts";
import { run } from "../../src/command-line/commands.ts";
import { printable } from "../../src/command-line/printable.ts";
import { closedPort, json, startHttpServer } from "../support/servers.ts";
import { buildProgram, environment } from "./program.ts";

function startMock() {
  const mock = createRolloutMock({ clientSecret: environment.ROLLOUT_CLIENT_SECRET });
  vi.stubGlobal("fetch", mock.options.fetch);
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const print = async (...args: string[]) => (await run(readArguments(args), mock.options.baseUrl)).output;
  return { mock, print };
}

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

describe("the command", () => {
  test("connectors prints a table, and the whole response with --json", async () => {
    const { print } = startMock();
    const [head, first] = (await print("connectors")).split("\n");
    expect(head).toMatch(/^appKey +name +auth +userInputs$/);
    expect(first).toMatch(/^follow-up-boss +Follow Up Boss +apiToken +apiKey$/);
    expect(await print("connectors")).toMatch(/ username, password$/m);
    const connector = {
      name: "New",
      auth: { type: "oauth2", userInputsSchema: [] },
      authByPlan: {},
      entities: { a: 1 },
    };
    vi.stubGlobal("fetch", async () => Response.json({ new: { ...connector, more: [1] } }));
    expect(JSON.parse(await print("connectors", "--json"))).toEqual([{ ...connector, more: [1], appKey: "new" }]);
  });

  test("credentials prints those of the user, without what the account's owner entered", async () => {
    const { print } = startMock();
    const row = { id: "cred_1", appKey: "follow-up-boss", createdAt: "2026-11-24", profile: { accountName: "Jo" } };
    vi.stubGlobal("fetch", async () => Response.json([{ ...row, data: { apiKey: "planted_input" } }]));
    expect(await print("credentials", "user_123")).toBe(
      "id      appKey          label  createdAt\ncred_1  follow-up-boss         2026-11-24\n",
    );
    expect(JSON.parse(await print("credentials", "user_123", "--json"))).toEqual([row]);
  });

  test("credentials prints each one on a line of its own, and says when there is none", async () => {
    const { mock, print } = startMock();
    const createdAt = "now\r\n\u0085then";
    mock.credentials.push({ id: "cred_1", userId: "user_123", appKey: "follow-up-boss", createdAt });
    expect(await print("credentials", "user_123")).toMatch(/^[^\n]+\n[^\n]+ {2}now \\u0085then\n$/);
    expect(await print("credentials", "nobody")).toBe("none\n");
  });

  test("token prints a token of the user", async () => {
    const [, payload = ""] = (await startMock().print("token", "user_123")).split(".");
    expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toMatchObject({ iss: "client", sub: "user_123" });
  });

  test.each([[[]], [["help"]], [["help", "token"]], [["-h"]], [["doctor", "--help"]]])(
    "%j describes every command, option and variable",
    async (args: string[]) => {
      const help = await startMock().print(...args);
      const commands = ["token <userId>", "connectors", "credentials <userId>", "doctor [userId]", "mock", "help"];
      for (const word of [...commands, "--json", "--port", "--help", "--version"]) expect(help).toContain(word);
      for (const name of [...Object.keys(environment), "ROLLOUT_BASE_URL"]) expect(help).toContain(name);
    },
  );
});

test.each<[string, string[], string | RegExp]>([
  ["an unknown command", ["tokens"], 'there is no command "tokens"'],
  ["an unknown option", ["token", "user", "--secret", "s"], /Unknown option '--secret'$/],
  ["no user", ["token"], "token takes one argument"],
  ["an empty user", ["credentials", ""], "credentials takes one argument"],
  ["an empty user of doctor", ["doctor", ""], "doctor takes at most one argument"],
  ["two users", ["token", "one", "two"], "token takes one argument"],
  ["two users of doctor", ["doctor", "one", "two"], "doctor takes at most one argument"],
  ["a user of connectors", ["connectors", "one"], "connectors takes no argument"],
  ["--json with token", ["token", "one", "--json"], "token has no --json"],
  ["--json with mock", ["mock", "--json"], "mock has no --json"],
  ["a user of mock", ["mock", "one"], "mock takes no argument"],
  ["a port that is no number", ["mock", "--port", "http"], "--port must be a number"],
  ["a port beyond the last", ["mock", "--port", "65536"], "--port must be a number"],
  ["--port with another command", ["connectors", "--port", "1"], "connectors has no --port"],
])("%s is a mistake in the arguments", (_case, args, message) => {
  expect(() => readArguments(args)).toThrow(message);
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

  test.each<[string, string[], Record<string, string>, RegExp]>([
    ["a token for the user", ["token", "user_123"], environment, /^[\w-]+\.[\w-]+\.[\w-]+\n$/],
    ["its version without any variable", ["--version"], {}, /^\d+\.\d+\.\d+\n$/],
    ["its help without any argument or variable", [], {}, /^Usage: /],
  ])("prints %s, and nothing else", async (_case, args, env, printed) => {
    const stdout = expect.stringMatching(printed);
    expect(await program.run(args, env)).toEqual({ status: 0, stdout, stderr: "" });
  });

  test.each<[string, string[], Record<string, string>, RegExp]>([
    ["an unknown command", ["tokens"], environment, /there is no command "tokens" \(see rollout-client --help\)/],
    ["no Client ID", ["token", "one"], {}, /set ROLLOUT_CLIENT_ID in/],
    ["no Client Secret", ["token", "one"], { ROLLOUT_CLIENT_ID: "id" }, /set ROLLOUT_CLIENT_SECRET in/],
    ["a quoted Client ID", ["token", "one"], { ROLLOUT_CLIENT_ID: '"id"' }, /ROLLOUT_CLIENT_ID has .*: remove them/],
    [
      "a base URL without http",
      ["connectors"],
      { ...environment, ROLLOUT_BASE_URL: "localhost:1" },
      /ROLLOUT_BASE_URL/,
    ],
    ["a base URL with http", ["connectors"], { ...environment, ROLLOUT_BASE_URL: "http://a.b" }, /ROLLOUT_BASE_URL/],
  ])("exits with 2 and one line for %s", async (_case, args, env, message) => {
    const stderr = expect.stringMatching(new RegExp(`^rollout-client: [^\\n]*${message.source}[^\\n]*\\n$`));
    const result = await program.run(args, env);
    expect(result).toEqual({ status: 2, stdout: "", stderr });
    // The names of options are not those of the command line.
    expect(result.stderr).not.toMatch(/baseUrl|clientId|clientSecret|dangerouslyAllowHttp|pass it/);
  });

  test("mock runs until it is ended, says that one-time passwords need ws where it is missing, and refuses a port in use", async () => {
    const child = spawn(process.execPath, [program.file, "mock", "--port", "0"], {
      env: {},
      stdio: ["ignore", "pipe", "ignore"],
    });
    onTestFinished(() => void child.kill());
    let text = "";
    for await (const chunk of child.stdout.setEncoding("utf8")) {
      text += chunk;
      if (text.includes("?fail")) break;
    }
    expect(text.split("\n").filter((line) => line.includes("package ws"))).toHaveLength(1);
    const baseUrl = /^ROLLOUT_BASE_URL=(.+)$/m.exec(text)?.[1] ?? "";
    const upgrade = { connection: "upgrade", upgrade: "websocket" };
    const [response] = await once(get(`${baseUrl}/auth/otp/otp_1`, { headers: upgrade }), "response");
    expect(response.statusCode).toBe(501);
    const stderr = expect.stringMatching(/^rollout-client: [^\n]*EADDRINUSE[^\n]*\n$/);
    expect(await program.run(["mock", "--port", new URL(baseUrl).port], {})).toEqual({ status: 1, stdout: "", stderr });
  });

  test("exits with 1 when what it prints cannot be written", async () => {
    const readOnly = openSync(program.file, "r");
    const child = spawn(process.execPath, [program.file, "--version"], {
      env: {},
      stdio: ["ignore", readOnly, "ignore"],
    });
    closeSync(readOnly);
    expect(await once(child, "exit")).toEqual([1, null]);
  });

  test("exits with 1 and one line with the host and the variables when the call fails, and does not show the secret", async () => {
    const { url } = await startHttpServer(() => ({ status: 401 }));
    const refused = `http://127.0.0.1:${await closedPort()}`;
    for (const [baseUrl, advice] of [
      [url, "responded with 401: check ROLLOUT_CLIENT_ID"],
      [refused, "(ECONNREFUSED): check ROLLOUT_BASE_URL"],
    ] as const) {
      const { status, stdout, stderr } = await program.run(["connectors"], {
        ...environment,
        ROLLOUT_BASE_URL: baseUrl,
      });
      expect([status, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(/^rollout-client: ((?!planted)[^\n])+\n$/);
      expect(stderr).toContain(baseUrl);
      expect(stderr).toContain(advice);
    }
  });

  test.each([
    ["a table", 200, ["credentials", "user_123"]],
    ["JSON", 200, ["credentials", "user_123", "--json"]],
    ["an error", 400, ["credentials", "user_123"]],
    ["a diagnosis", 400, ["doctor"]],
    ["a diagnosis in JSON", 400, ["doctor", "--json"]],
  ])("prints no control character of the server's in %s", async (_case, status, args) => {
    const text = "\u001b[2J \u009b2J \u202egnp.exe";
    const errors = [{ message: text }];
    const { url } = await startHttpServer(() =>
      status === 200 ? json([{ id: text, appKey: "gmail", label: text, createdAt: text }]) : json({ errors }, status),
    );
    const { stdout, stderr } = await program.run(args, { ...environment, ROLLOUT_BASE_URL: url });
    expect(stdout + stderr).toContain("\\u009b2J \\u202egnp.exe");
    expect(stdout + stderr).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
  });
});
