import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** Starts a Redis that keeps nothing on the disk. It listens on a Unix socket, which needs no free port. */
export async function startRedis(): Promise<{ path: string; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "rollout-client-redis-"));
  const path = join(folder, "socket");
  const options = ["--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no"];
  const redis = spawn("redis-server", options, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(redis, "close");
  for await (const line of createInterface(redis.stdout)) {
    if (!/ready to accept connections/i.test(line)) continue;
    redis.stdout.resume();
    return {
      path,
      async stop() {
        redis.kill();
        await ended;
        rmSync(folder, { recursive: true });
      },
    };
  }
  await ended;
  throw new Error("redis-server ended before it listened");
}
