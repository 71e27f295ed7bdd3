import { fileURLToPath } from "node:url";
import { jwtVerify } from "jose";
import { expect, test } from "vitest";
import { startNode } from "../support/processes.ts";
import { CREATED, json, startHttpServer } from "../support/servers.ts";

const script = fileURLToPath(new URL("../../scripts/quickstart.mjs", import.meta.url));

function quickstart(environment: Readonly<Record<string, string>>) {
  const { PATH } = process.env;
  return startNode([script], { env: { PATH, ...environment } }).ended;
}

test("the quickstart shows connectors, create, list and delete against the mock in at most 25 lines", async () => {
  const { code, stdout, stderr } = await quickstart({});
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  for (const part of [
    "rollout.connectors.list()",
    "'dotloop (oauth2)'",
    "→ { id: 'cred_1' }",
    "123456",
    '→ RolloutApiError "bad_request"',
    "{ id: 'cred_1', appKey: 'follow-up-boss' }",
    "credentials.delete(credentialId)\n  → done",
  ]) {
    expect(stdout).toContain(part);
  }
  expect(stdout.trimEnd().split("\n").length).toBeLessThanOrEqual(25);
});

test("the quickstart talks to the server that the environment names", async () => {
  const server = await startHttpServer(({ method, url }) => {
    if (method !== "GET") return CREATED;
    return json(url.endsWith("/connectors") ? {} : []);
  });
  const { code, stdout } = await quickstart({
    ROLLOUT_CLIENT_IS_BUILT: "by the test above",
    ROLLOUT_BASE_URL: `${server.url}/api`,
    ROLLOUT_CLIENT_ID: "my-id",
    ROLLOUT_CLIENT_SECRET: "my-secret",
  });
  expect(code).toBe(0);
  expect(stdout).toContain("→ { id: 'cred_1' }");
  expect(server.requests.at(-1)).toMatchObject({ method: "DELETE", url: "/api/credentials?credentialId=cred_1" });
  const token = String(server.requests[0]?.headers.authorization).replace("Bearer ", "");
  const { payload } = await jwtVerify(token, new TextEncoder().encode("my-secret"));
  expect(payload.iss).toBe("my-id");
});

test("the quickstart refuses half of a server in one line", async () => {
  const { code, stdout, stderr } = await quickstart({ ROLLOUT_CLIENT_ID: "my-id" });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^.*ROLLOUT_BASE_URL and ROLLOUT_CLIENT_SECRET.*\n$/);
});
