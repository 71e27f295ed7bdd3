import { expect, test } from "vitest";
import { ENVIRONMENT, runProgram, startMock } from "./program.ts";

const PAYLOAD = /^[\w-]+\.([\w-]+)\.[\w-]+\n$/;

test("token prints a token for the user, and nothing else", async () => {
  const { status, stdout, stderr } = await runProgram(["token", "user_123"]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const payload = PAYLOAD.exec(stdout)?.[1] ?? "";
  expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toMatchObject({ iss: "client", sub: "user_123" });
});

test("connectors prints a table, and JSON with --json", async () => {
  const { environment } = await startMock();
  const table = await runProgram(["connectors"], environment);
  expect(table).toMatchObject({ status: 0, stderr: "" });
  const [head, first] = table.stdout.split("\n");
  expect(head).toMatch(/^appKey +name +auth +userInputs$/);
  expect(first).toMatch(/^follow-up-boss +Follow Up Boss +apiToken +apiKey$/);
  const json = await runProgram(["connectors", "--json"], environment);
  expect(JSON.parse(json.stdout)).toContainEqual({
    appKey: "follow-up-boss",
    name: "Follow Up Boss",
    auth: "apiToken",
    userInputs: "apiKey",
  });
});

test("credentials prints those of the user, without what the account's owner entered", async () => {
  const { mock, environment } = await startMock();
  const common = { createdAt: "2026-11-24T12:00:00.000Z", appKey: "gmail", userInputs: { apiKey: "planted_input" } };
  mock.credentials.push({ ...common, id: "cred_1", userId: "user_123" }, { ...common, id: "cred_2", userId: "other" });
  const table = await runProgram(["credentials", "user_123"], environment);
  expect(table).toMatchObject({ status: 0, stderr: "" });
  expect(table.stdout).toMatch(/^id +appKey +label +createdAt\ncred_1 +gmail +2026-11-24T12:00:00.000Z\n$/);
  const { stdout } = await runProgram(["credentials", "user_123", "--json"], environment);
  expect(JSON.parse(stdout)).toEqual([{ id: "cred_1", appKey: "gmail", label: "", createdAt: common.createdAt }]);
  expect(stdout + table.stdout).not.toContain("planted");
  expect((await runProgram(["credentials", "nobody"], environment)).stdout).toBe("none\n");
});

test("control characters of the server do not reach the terminal", async () => {
  const { mock, environment } = await startMock();
  const credential = { id: "cred_1", userId: "u", createdAt: "\u001b[2Jnow\nthen", appKey: "gmail", userInputs: {} };
  mock.credentials.push(credential);
  const { stdout } = await runProgram(["credentials", "u"], environment);
  expect(stdout.split("\n")[1]).toMatch(/ {2}\[2Jnow then$/);
});

test("--help describes every command, option and variable", async () => {
  const { status, stdout } = await runProgram(["--help"], {});
  expect(status).toBe(0);
  const words = ["token <userId>", "connectors", "credentials <userId>", "--json", "--help", "--version"];
  const variables = ["ROLLOUT_CLIENT_ID", "ROLLOUT_CLIENT_SECRET", "ROLLOUT_BASE_URL"];
  for (const word of [...words, ...variables]) expect(stdout).toContain(word);
  expect((await runProgram(["--version"], {})).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test.each<[string, string[], Record<string, string>, RegExp]>([
  ["no command", [], ENVIRONMENT, /a command is missing/],
  ["an unknown command", ["tokens"], ENVIRONMENT, /there is no command "tokens"/],
  ["an unknown option", ["token", "user", "--secret", "s"], ENVIRONMENT, /Unknown option '--secret'/],
  ["no user", ["token"], ENVIRONMENT, /token takes one argument/],
  ["an empty user", ["credentials", ""], ENVIRONMENT, /credentials takes one argument/],
  ["two users", ["token", "one", "two"], ENVIRONMENT, /token takes one argument/],
  ["a user of connectors", ["connectors", "one"], ENVIRONMENT, /connectors takes no argument/],
  ["--json with token", ["token", "one", "--json"], ENVIRONMENT, /token has no --json/],
  ["no Client ID", ["token", "one"], {}, /clientId must be a non-empty string: .*ROLLOUT_CLIENT_ID/],
  ["a base URL without http", ["connectors"], { ...ENVIRONMENT, ROLLOUT_BASE_URL: "localhost:1" }, /baseUrl must be/],
])("with %s, the program says so on one line and exits with 2", async (_case, args, environment, message) => {
  const { status, stdout, stderr } = await runProgram(args, environment);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toMatch(/^rollout-client: [^\n]+\n$/);
  expect(stderr).toMatch(message);
});

test("a call that fails is one line, and exit status 1", async () => {
  const { mock, environment } = await startMock();
  mock.failNext({ on: "GET /connectors", fault: "status", status: 403 });
  const refused = await runProgram(["connectors"], environment);
  expect(refused).toMatchObject({ status: 1, stdout: "" });
  expect(refused.stderr).toMatch(/^rollout-client: GET \/connectors responded with 403[^\n]+\n$/);
});

test("a secret of another Client is rejected by the server, and not shown", async () => {
  const { environment } = await startMock();
  const { status, stderr } = await runProgram(["connectors"], {
    ...environment,
    ROLLOUT_CLIENT_SECRET: "planted_other",
  });
  expect(status).toBe(1);
  expect(stderr).toContain("responded with 401");
  expect(stderr).not.toContain("planted");
});
