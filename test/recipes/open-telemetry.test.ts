import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { type CallRecord, createRolloutClient } from "rollout-client";
import { expect, onTestFinished, test } from "vitest";
import { json, startHttpServer } from "../support/servers.ts";
import { traceCall } from "./open-telemetry.ts";

test("each call is one span, below the caller's own, as long as the call with all its attempts", async () => {
  const exporter = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  provider.register();
  onTestFinished(() => provider.shutdown());

  const responses = [{ status: 503, headers: { "Retry-After": "0" } }, json({ id: "credential_1" })];
  const server = await startHttpServer(() => responses.shift() ?? { status: 400 });
  const records: CallRecord[] = [];
  const onCall = (record: CallRecord): void => {
    records.push(record);
    traceCall(record);
  };
  const { credentials } = createRolloutClient({ token: "secret-token", baseUrl: server.url, onCall });
  const input = { appKey: "gmail", userInputs: { apiKey: "secret-key" } };
  const caller = await trace.getTracer("test").startActiveSpan("connect", async (span) => {
    await credentials.create(input);
    await expect(credentials.delete("secret-id")).rejects.toThrow();
    span.end();
    return span.spanContext();
  });

  const spans = exporter.getFinishedSpans().filter(({ name }) => name !== "connect");
  const { UNSET, ERROR } = SpanStatusCode;
  const common = { "url.template": "/credentials", "server.address": "127.0.0.1" };
  const created = { "http.request.method": "POST", "http.response.status_code": 200, "http.request.resend_count": 1 };
  const refused = { "http.request.method": "DELETE", "http.response.status_code": 400, "error.type": "bad_request" };
  expect(spans.map(({ name, status, attributes }) => [name, status.code, attributes])).toEqual([
    ["POST /credentials", UNSET, { ...common, ...created }],
    ["DELETE /credentials", ERROR, { ...common, ...refused }],
  ]);
  for (const { kind, parentSpanContext } of spans) {
    expect(kind).toBe(SpanKind.CLIENT);
    expect([parentSpanContext?.spanId, parentSpanContext?.traceId]).toEqual([caller.spanId, caller.traceId]);
  }
  for (const [index, { startedAt, duration }] of records.entries()) {
    expect(millisecondsOf(spans[index]?.startTime)).toBeCloseTo(startedAt.getTime(), 2);
    expect(millisecondsOf(spans[index]?.duration)).toBeCloseTo(duration, 2);
  }
  expect(JSON.stringify(spans.map(({ name, attributes, events }) => [name, attributes, events]))).not.toContain(
    "secret-",
  );
});

function millisecondsOf([seconds, nanoseconds]: readonly [number, number] = [0, 0]): number {
  return seconds * 1e3 + nanoseconds / 1e6;
}
