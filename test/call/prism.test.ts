import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, inject, test, vi } from "vitest";
import { startPrism } from "../support/prism.mjs";

const patchedDocument = new URL("../../src/generated/openapi.json", import.meta.url);
const body = JSON.stringify({ appKey: "follow-up-boss", userInputs: { apiKey: "made-up" } });

function post(headers: Record<string, string>): Promise<Response> {
  return fetch(`${inject("prismUrl")}/credentials`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body,
  });
}

test("Prism refuses a request without a token", async () => {
  const response = await post({});
  expect(response.status).toBe(401);
});

test("Prism gives both responses to POST /credentials that the overlay names", async () => {
  const responses = ["credential", "otpChallenge"].map(async (example) => {
    const response = await post({ Authorization: "Bearer made-up", Prefer: `example=${example}` });
    return [response.status, Object.keys(await response.json())];
  });
  expect(await Promise.all(responses)).toEqual([
    [200, ["id"]],
    [200, ["action", "otpChallengeId", "titleHTML", "message", "messageHTML"]],
  ]);
});

test.each([400, 401, 403, 409, 429, 500])("Prism responds %i with the API's own error body", async (status) => {
  const response = await post({ Authorization: "Bearer made-up", Prefer: `code=${status}` });
  expect(response.status).toBe(status);
  expect(await response.json()).toEqual({ errors: [{ message: expect.any(String) }] });
});

test.each([
  ["GET", "/credentials?appKey=lofty&includeProfile=true", undefined, expect.arrayContaining([expect.any(Object)])],
  ["PUT", "/credentials/cred_01example", { entitiesToSync: { tasks: true } }, undefined],
  ["DELETE", "/credentials?credentialId=cred_01example", undefined, undefined],
  ["GET", "/connectors", undefined, expect.objectContaining({ "follow-up-boss": expect.any(Object) })],
  [
    "POST",
    "/oauth/authorize-url",
    { appKey: "an-app-of-tomorrow" },
    { url: expect.any(String), requestId: expect.any(String) },
  ],
])("Prism responds to %s %s with a plausible body", async (method, path, input, expected) => {
  const response = await fetch(`${inject("prismUrl")}${path}`, {
    method,
    headers: { "Content-Type": "application/json", Authorization: "Bearer made-up" },
    ...(input && { body: JSON.stringify(input) }),
  });
  expect(response.status).toBe(200);
  const text = await response.text();
  expect(text === "" ? undefined : JSON.parse(text)).toEqual(expected);
});

test("starting Prism fails when it does not respond in time", async () => {
  await expect(startPrism(patchedDocument, { startTimeout: 1 })).rejects.toThrow(/did not respond within 1 ms/);
});

test("Prism ends with the process that started it, even when that one is killed", { timeout: 60_000 }, async () => {
  const program = `
    import { startPrism } from ${JSON.stringify(new URL("../support/prism.mjs", import.meta.url).href)};
    const { url } = await startPrism(new URL(${JSON.stringify(patchedDocument.href)}));
    process.stdout.write(url);`;
  const parent = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [printed] = await once(parent.stdout, "data");
  const url = String(printed);
  expect((await fetch(url)).status).toBe(404);
  parent.kill("SIGKILL");
  await vi.waitFor(() => expect(fetch(url)).rejects.toThrow("fetch failed"), { timeout: 20_000 });
});
