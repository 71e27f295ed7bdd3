import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { createRolloutMock } from "rollout-client/testing";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { readArguments } from "../../src/command-line/arguments.ts";
import { run } from "../../src/command-line/commands.ts";
import { startHttpServer } from "../support/servers.ts";

const environment = { ROLLOUT_CLIENT_ID: "client", ROLLOUT_CLIENT_SECRET: "planted_secret" };

function startMock() {
  const mock = createRolloutMock({ clientSecret: "planted_secret" });
  vi.stubGlobal("fetch", mock.options.fetch);
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  return { mock, print: (...args: string[]) => run(readArguments(args), mock.options.baseUrl) };
}

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

describe("the command", () => {
  test("connectors prints a table, and JSON with --json", async () => {
    const { print } = startMock();
    const [head, first] = (await print("connectors")).split("\n");
    expect(head).toMatch(/^appKey +name +auth +userInputs$/);
    expect(first).toMatch(/^follow-up-boss +Follow Up Boss +apiToken +apiKey$/);
    expect(await print("connectors")).toMatch(/ username, password$/m);
    const row = { appKey: "follow-up-boss", name: "Follow Up Boss", auth: "apiToken", userInputs: ["apiKey"] };
    expect(JSON.parse(await print("connectors", "--json"))).toContainEqual(row);
  });

  test("credentials prints those of the user, without what the account's owner entered", async () => {
    const { print } = startMock();
    const row = { id: "cred_1", appKey: "follow-up-boss", createdAt: "2026-11-24" };
    vi.stubGlobal("fetch", async () => Response.json([{ ...row, data: { apiKey: "planted_input" } }]));
    expect(await print("credentials", "user_123")).toBe(
      "id      appKey          label  createdAt\ncred_1  follow-up-boss         2026-11-24\n",
    );
    expect(JSON.parse(await print("credentials", "user_123", "--json"))).toEqual([{ ...row, label: "" }]);
  });

  test("credentials prints no control characters, which could change what the terminal shows", async () => {
    const { mock, print } = startMock();
    const createdAt = "\u001b[2J\u001b\u001bnow\nthen";
    mock.credentials.push({ id: "cred_1", userId: "user_123", appKey: "follow-up-boss", createdAt });
    expect(await print("credentials", "user_123")).toMatch(/ {2}\[2J now then\n$/);
    expect(await print("credentials", "nobody")).toBe("none\n");
  });

  test("token prints a token of the user", async () => {
    const [, payload = ""] = (await startMock().print("token", "user_123")).split(".");
    expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toMatchObject({ iss: "client", sub: "user_123" });
  });

  test("--help describes every command, option and variable", async () => {
    const help = await run(readArguments(["-h"]), undefined);
    const words = ["token <userId>", "connectors", "credentials <userId>", "--json", "--help", "--version"];
    for (const word of [...words, ...Object.keys(environment), "ROLLOUT_BASE_URL"]) expect(help).toContain(word);
  });
});

test.each<[string, string[], string | RegExp]>([
  ["no command", [], "a command is missing"],
  ["an unknown command", ["tokens"], 'there is no command "tokens"'],
  ["an unknown option", ["token", "user", "--secret", "s"], /Unknown option '--secret'$/],
  ["no user", ["token"], "token takes one argument"],
  ["an empty user", ["credentials", ""], "credentials takes one argument"],
  ["two users", ["token", "one", "two"], "token takes one argument"],
  ["a user of connectors", ["connectors", "one"], "connectors takes no argument"],
  ["--json with token", ["token", "one", "--json"], "token has no --json"],
])("%s is a mistake in the arguments", (_case, args, message) => {
  expect(() => readArguments(args)).toThrow(message);
});

describe("the program", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rollout-client-command-line-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const program = join(folder, "command-line.mjs");
  const source = (path: string) => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));
  await build({
    entryPoints: [source("command-line/main.ts")],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    alias: { "rollout-client": source("index.ts") },
  });

  /** Runs the program in a process that has nothing in its environment but what is given. */
  async function runProgram(args: readonly string[], env: Readonly<Record<string, string>>) {
    return new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
      const child = execFile(process.execPath, [program, ...args], { env }, (_error, stdout, stderr) => {
        resolve({ status: child.exitCode, stdout, stderr });
      });
    });
  }

  test.each<[string, string[], Record<string, string>, RegExp]>([
    ["a token for the user", ["token", "user_123"], environment, /^[\w-]+\.[\w-]+\.[\w-]+\n$/],
    ["its version without any variable", ["--version"], {}, /^\d+\.\d+\.\d+\n$/],
  ])("prints %s, and nothing else", async (_case, args, env, printed) => {
    const stdout = expect.stringMatching(printed);
    expect(await runProgram(args, env)).toEqual({ status: 0, stdout, stderr: "" });
  });

  test.each<[string, string[], Record<string, string>, RegExp]>([
    ["an unknown command", ["tokens"], environment, /there is no command "tokens" \(see rollout-client --help\)/],
    ["no Client ID", ["token", "one"], {}, /clientId must be a non-empty string: .*ROLLOUT_CLIENT_ID/],
    ["a quoted Client ID", ["token", "one"], { ROLLOUT_CLIENT_ID: '"id"' }, /remove them from ROLLOUT_CLIENT_ID in/],
    ["a base URL without http", ["connectors"], { ...environment, ROLLOUT_BASE_URL: "localhost:1" }, /baseUrl must be/],
  ])("exits with 2 and one line for %s", async (_case, args, env, message) => {
    const stderr = expect.stringMatching(new RegExp(`^rollout-client: [^\\n]*${message.source}[^\\n]*\\n$`));
    expect(await runProgram(args, env)).toEqual({ status: 2, stdout: "", stderr });
  });

  test("exits with 1 when what it prints cannot be written", async () => {
    const readOnly = openSync(program, "r");
    const child = spawn(process.execPath, [program, "--version"], { env: {}, stdio: ["ignore", readOnly, "ignore"] });
    closeSync(readOnly);
    expect(await once(child, "exit")).toEqual([1, null]);
  });

  test("exits with 1 and one line when the call fails, and does not show the secret", async () => {
    const { url } = await startHttpServer(() => ({ status: 401 }));
    const env = { ...environment, ROLLOUT_BASE_URL: url };
    const stderr = expect.stringMatching(/^rollout-client: GET \/connectors responded with 401((?!planted)[^\n])+\n$/);
    expect(await runProgram(["connectors"], env)).toEqual({ status: 1, stdout: "", stderr });
  });
});
