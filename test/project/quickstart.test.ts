import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { CREATED, json, startHttpServer } from "../support/servers.ts";

const script = fileURLToPath(new URL("../../scripts/quickstart.mjs", import.meta.url));

interface Ended {
  readonly code: number | string | null | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

function quickstart(environment: Readonly<Record<string, string>>): Promise<Ended> {
  const { PATH } = process.env;
  const env = { PATH, ...environment };
  return new Promise((resolve) => {
    execFile(process.execPath, [script], { env }, (failure, stdout, stderr) =>
      resolve({ code: failure === null ? 0 : failure.code, stdout, stderr }),
    );
  });
}

test("the quickstart shows connectors, create, list and delete against the mock in at most 25 lines", async () => {
  const { code, stdout, stderr } = await quickstart({});
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("rollout.connectors.list()");
  expect(stdout).toContain("'dotloop (oauth2)'");
  expect(stdout).toContain("→ { id: 'cred_1' }");
  expect(stdout).toContain("We sent a code");
  expect(stdout).toContain('→ RolloutApiError "bad_request"');
  expect(stdout).toContain("{ id: 'cred_1', appKey: 'follow-up-boss' }");
  expect(stdout).toMatch(/credentials\.delete\(.*\)\n {2}→ done/);
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
  expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
    "GET /api/connectors",
    // What confirm compares with.
    "GET /api/credentials?appKey=follow-up-boss",
    ...Array(3).fill("POST /api/credentials"),
    "GET /api/credentials",
    "DELETE /api/credentials?credentialId=cred_1",
  ]);
  const [header, claims, signature] = String(server.requests[0]?.headers.authorization)
    .replace("Bearer ", "")
    .split(".");
  expect(signature).toBe(createHmac("sha512", "my-secret").update(`${header}.${claims}`).digest("base64url"));
});

test("the quickstart refuses half of a server in one line", async () => {
  const { code, stdout, stderr } = await quickstart({ ROLLOUT_CLIENT_ID: "my-id" });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^To use a server of yours, set ROLLOUT_BASE_URL and ROLLOUT_CLIENT_SECRET too;.*\n$/);
});
