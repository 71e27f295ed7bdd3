import { register } from "prom-client";
import { createRolloutClient } from "rollout-client";
import { expect, test } from "vitest";
import { json, startHttpServer } from "../support/servers.ts";
import { measureCall } from "./prometheus.ts";

test("each call is measured once, by its result", async () => {
  const responses = [{ status: 503, headers: { "Retry-After": "0" } }, json([]), { status: 401 }];
  const server = await startHttpServer(() => responses.shift() ?? json([]));
  const rollout = createRolloutClient({ token: "secret-token", baseUrl: server.url, onCall: measureCall });
  await rollout.credentials.list();
  await expect(rollout.credentials.delete("secret-id")).rejects.toThrow();
  await rollout.credentials.list();

  const metrics = await register.metrics();
  const succeeded = '{method="GET",path="/credentials",result="success"}';
  const failed = '{method="DELETE",path="/credentials",result="unauthorized"}';
  for (const line of [
    `rollout_call_seconds_count${succeeded} 2`,
    `rollout_call_seconds_count${failed} 1`,
    `rollout_call_queued_seconds_count${succeeded} 2`,
  ]) {
    expect(metrics.split("\n")).toContain(line);
  }
  expect(metrics).not.toContain("secret-");
});
