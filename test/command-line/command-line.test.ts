import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { createRolloutMock } from "rollout-client/testing";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { readArguments } from "../../src/command-line/arguments.ts";
import { run } from "../../src/command-line/commands.ts";
import { startHttpServer } from "../support/http-server.ts";

const environment = { ROLLOUT_CLIENT_ID: "client", ROLLOUT_CLIENT_SECRET: "planted_secret" };
const createdAt = "2026-11-24T12:00:00.000Z";
const credential = { id: "cred_1", userId: "user_123", appKey: "follow-up-boss", createdAt };

function startMock() {
  const mock = createRolloutMock({ clientSecret: "planted_secret" });
  vi.stubGlobal("fetch", mock.options.fetch);
  return { mock, print: (...args: string[]) => run(readArguments(args), mock.options.baseUrl) };
}

beforeEach(() => {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  return () => {
    vi.unstubAllEnvs();
    vi.unstubAllGlobals();
  };
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
    const { mock, print } = startMock();
    const userInputs = { apiKey: "planted_input" };
    mock.credentials.push(Object.assign({}, credential, { userInputs }), { ...credential, userId: "other" });
    expect(await print("credentials", "user_123")).toBe(
      `id      appKey          label  createdAt\ncred_1  follow-up-boss         ${createdAt}\n`,
    );
    expect(JSON.parse(await print("credentials", "user_123", "--json"))).toEqual([
      { id: "cred_1", appKey: "follow-up-boss", label: "", createdAt },
    ]);
    expect(await print("credentials", "nobody")).toBe("none\n");
  });

  test("credentials prints no control characters, which could change what the terminal shows", async () => {
    const { mock, print } = startMock();
    mock.credentials.push({ ...credential, createdAt: "\u001b[2Jnow\nthen" });
    expect(await print("credentials", "user_123")).toMatch(/ {2}\[2Jnow then\n$/);
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

  test("prints a token for the user, and nothing else", async () => {
    const { status, stdout, stderr } = await runProgram(["token", "user_123"], environment);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const payload = /^[\w-]+\.([\w-]+)\.[\w-]+\n$/.exec(stdout)?.[1] ?? "";
    expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toMatchObject({ iss: "client", sub: "user_123" });
  });

  test("prints its version without any variable", async () => {
    const version = expect.stringMatching(/^\d+\.\d+\.\d+\n$/);
    expect(await runProgram(["--version"], {})).toEqual({ status: 0, stdout: version, stderr: "" });
  });

  test.each<[string, string[], Record<string, string>, RegExp]>([
    ["an unknown command", ["tokens"], environment, /there is no command "tokens" \(see rollout-client --help\)/],
    ["no Client ID", ["token", "one"], {}, /clientId must be a non-empty string: .*ROLLOUT_CLIENT_ID/],
    ["a quoted Client ID", ["token", "one"], { ROLLOUT_CLIENT_ID: '"id"' }, /remove them from ROLLOUT_CLIENT_ID in/],
    ["a base URL without http", ["connectors"], { ...environment, ROLLOUT_BASE_URL: "localhost:1" }, /baseUrl must be/],
  ])("exits with 2 and one line for %s", async (_case, args, env, message) => {
    const { status, stdout, stderr } = await runProgram(args, env);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^rollout-client: [^\n]+\n$/);
    expect(stderr).toMatch(message);
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
    const { status, stdout, stderr } = await runProgram(["connectors"], env);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^rollout-client: GET \/connectors responded with 401[^\n]+\n$/);
    expect(stderr).not.toContain("planted");
  });
});
