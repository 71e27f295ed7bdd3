import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";

/** Starts a Redis on a free port that keeps nothing on the disk. */
export async function startRedis(): Promise<{ port: number; stop(): Promise<void> }> {
  const port = await freePort();
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
