import { Histogram } from "prom-client";
import type { CallRecord } from "rollout-client";

const labelNames = ["method", "path", "result"] as const;
const duration = new Histogram({ name: "rollout_call_seconds", help: "Duration of calls.", labelNames });
const queued = new Histogram({ name: "rollout_call_queued_seconds", help: "Their wait for the limit.", labelNames });

/** For the option `onCall`: measures each call. */
export function measureCall(call: CallRecord): void {
  const labels = { method: call.method, path: call.path, result: call.code ?? "success" };
  duration.observe(labels, call.duration / 1000);
  queued.observe(labels, call.queued / 1000);
}
