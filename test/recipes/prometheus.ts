import { Histogram } from "prom-client";
import type { CallRecord } from "rollout-client";

const labelNames = ["method", "path", "result"] as const;
const duration = new Histogram({ name: "rollout_call_seconds", help: "Duration of calls.", labelNames });
const queued = new Histogram({ name: "rollout_call_queued_seconds", help: "Their wait for the limit.", labelNames });

/** For the option `onCall`: measures each call. */
export function measureCall({ method, path, code: result = "success", ...call }: CallRecord): void {
  duration.observe({ method, path, result }, call.duration / 1000);
  queued.observe({ method, path, result }, call.queued / 1000);
}
