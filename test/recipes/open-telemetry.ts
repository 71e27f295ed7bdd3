import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { CallRecord } from "rollout-client";

const tracer = trace.getTracer("rollout-client");

/** For the option `onCall`: makes a span of each call, below the span that is active when you make the call. */
export function traceCall({ method, path, origin, status, code, attempts, startedAt, duration }: CallRecord): void {
  const span = tracer.startSpan(`${method} ${path}`, {
    kind: SpanKind.CLIENT,
    startTime: startedAt,
    attributes: {
      "http.request.method": method,
      "url.template": path,
      "server.address": new URL(origin).hostname,
      ...(status !== undefined && { "http.response.status_code": status }),
      ...(code !== undefined && { "error.type": code }),
      ...(attempts > 1 && { "http.request.resend_count": attempts - 1 }),
    },
  });
  if (code !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(startedAt.getTime() + duration);
}
