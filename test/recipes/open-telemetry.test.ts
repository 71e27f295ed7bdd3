import { trace } from "@opentelemetry/api";
import { InMemorySpanExporter } from "@opentelemetry/sdk-trace-node";
import { createRolloutClient } from "rollout-client";
import { expect, onTestFinished, test } from "vitest";
import { json, startHttpServer } from "../support/servers.ts";
import { startTracing } from "./open-telemetry.ts";

test("there is one span for each attempt, below the caller's own", async () => {
  const responses = [{ status: 503, headers: { "Retry-After": "0" } }, json({ id: "credential_1" })];
  const server = await startHttpServer(() => responses.shift() ?? { status: 500 });
  const exporter = new InMemorySpanExporter();
  const provider = startTracing(exporter);
  onTestFinished(() => provider.shutdown());
  const rollout = createRolloutClient({ token: "secret-token", baseUrl: server.url });
  const caller = await trace.getTracer("test").startActiveSpan("connect", async (span) => {
    await rollout.credentials.create({ appKey: "gmail", userInputs: { apiKey: "secret-key" } });
    span.end();
    return span.spanContext();
  });

  const attempts = exporter.getFinishedSpans().filter(({ name }) => name === "POST");
  expect(attempts.map(({ attributes }) => attributes["http.response.status_code"])).toEqual([503, 200]);
  expect(attempts.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual([caller.spanId, caller.spanId]);
  const sent = attempts.map((span) => `00-${caller.traceId}-${span.spanContext().spanId}-01`);
  expect(server.requests.map(({ headers: { traceparent } }) => traceparent)).toEqual(sent);
  expect(JSON.stringify(attempts.map(({ attributes, events }) => [attributes, events]))).not.toContain("secret-");
});
