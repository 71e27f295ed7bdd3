import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { closedPort } from "../support/closed-port.ts";

/** Starts a Redis on a free port that keeps nothing on the disk. */
export async function startRedis(): Promise<{ port: number; stop(): Promise<void> }> {
  const port = await closedPort();
  const options = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const redis = spawn("redis-server", options, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(redis, "close");
  for await (const line of createInterface(redis.stdout)) {
    if (!line.includes("Ready to accept connections")) continue;
    redis.stdout.resume();
    return {
      port,
      async stop() {
        redis.kill();
        await ended;
      },
    };
  }
  await ended;
  throw new Error("redis-server ended before it listened");
}
