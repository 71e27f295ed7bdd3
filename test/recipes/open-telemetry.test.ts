import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { type CallRecord, createRolloutClient } from "rollout-client";
import { expect, onTestFinished, test } from "vitest";
import { closedPort, json, startHttpServer } from "../support/servers.ts";
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
  const options = { token: "secret-token", onCall, retry: { limit: 1 } };
  const rollout = createRolloutClient({ ...options, baseUrl: server.url });
  const unreachable = createRolloutClient({ ...options, baseUrl: `http://127.0.0.1:${await closedPort()}` });
  const input = { appKey: "gmail", userInputs: { apiKey: "secret-key" } };
  const caller = await trace.getTracer("test").startActiveSpan("connect", async (span) => {
    await rollout.credentials.create(input);
    await expect(rollout.credentials.delete("secret-id")).rejects.toThrow();
    await expect(unreachable.connectors.list()).rejects.toThrow();
    span.end();
    return span.spanContext();
  });

  const spans = exporter.getFinishedSpans().filter(({ name }) => name !== "connect");
  const { UNSET, ERROR } = SpanStatusCode;
  const attributesOf = (method: string, status?: number, error?: string, retries?: number) => ({
    "http.request.method": method,
    "url.template": expect.stringMatching(/^\/\w+$/),
    "server.address": "127.0.0.1",
    ...(status && { "http.response.status_code": status }),
    ...(error && { "error.type": error }),
    ...(retries && { "http.request.resend_count": retries }),
  });
  expect(spans.map(({ name, status, attributes }) => [name, status.code, attributes])).toEqual([
    ["POST /credentials", UNSET, attributesOf("POST", 200, undefined, 1)],
    ["DELETE /credentials", ERROR, attributesOf("DELETE", 400, "bad_request")],
    ["GET /connectors", ERROR, attributesOf("GET", undefined, "network", 1)],
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
