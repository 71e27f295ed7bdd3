import { once } from "node:events";
import { createServer } from "node:http";
import { trace } from "@opentelemetry/api";
import { InMemorySpanExporter } from "@opentelemetry/sdk-trace-node";
import { createRolloutClient } from "rollout-client";
import { afterEach, expect, test } from "vitest";
import { startTracing } from "./open-telemetry.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

test("there is one span for each attempt, below the caller's own", async () => {
  const traceparents: unknown[] = [];
  const answers = [
    { status: 503, headers: { "Retry-After": "0" }, body: "" },
    { status: 200, headers: { "Content-Type": "application/json" }, body: '{"id":"credential_1"}' },
  ];
  const server = createServer((request, response) => {
    const { traceparent } = request.headers;
    traceparents.push(traceparent);
    const { status, headers, body } = answers.shift() ?? { status: 500, headers: {}, body: "" };
    response.writeHead(status, headers).end(body);
  });
  ends.push(() => server.close());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");

  const exporter = new InMemorySpanExporter();
  const provider = startTracing(exporter);
  ends.push(() => provider.shutdown());
  const rollout = createRolloutClient({ token: "secret-token", baseUrl: `http://127.0.0.1:${address.port}` });
  const caller = await trace.getTracer("test").startActiveSpan("connect", async (span) => {
    await rollout.credentials.create({ appKey: "gmail", userInputs: { apiKey: "secret-key" } });
    span.end();
    return span.spanContext();
  });

  const attempts = exporter.getFinishedSpans().filter(({ name }) => name === "POST");
  expect(attempts.map(({ attributes }) => attributes["http.response.status_code"])).toEqual([503, 200]);
  expect(attempts.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual([caller.spanId, caller.spanId]);
  const sent = attempts.map((span) => `00-${caller.traceId}-${span.spanContext().spanId}-01`);
  expect(traceparents).toEqual(sent);
  expect(JSON.stringify(attempts.map(({ attributes, events }) => [attributes, events]))).not.toContain("secret-");
});
