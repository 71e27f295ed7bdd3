import { spawn } from "node:child_process";
import { once } from "node:events";
import { Queue, QueueEvents } from "bullmq";
import { Redis } from "ioredis";
import { createRolloutMock } from "rollout-client/testing";
import { expect, onTestFinished, test } from "vitest";
import { json, type ReceivedRequest, startHttpServer } from "../support/servers.ts";
import { tokenBucket } from "../support/simulated-server.ts";
import { type AccountJob, addAccountJobs } from "./jobs.ts";
import { buildProgram } from "./programs.ts";
import { startRedis } from "./redis-server.ts";
import { respondWith } from "./respond-with-mock.ts";

const REQUESTS_PER_SECOND = 50;
const PEOPLE = [{ id: "person_1" }, { id: "person_2" }];
const ACCOUNTS = Array.from({ length: 300 }, (_, index) => ({ userId: `user_${index + 1}`, appKey: "liondesk" }));

test("two processes connect 300 accounts once each and read them under one limit, although one is killed", async () => {
  const redisServer = await startRedis();
  onTestFinished(() => redisServer.stop());
  const { path } = redisServer;
  const program = await buildProgram("jobs-process");

  const mock = createRolloutMock({ collections: { people: PEOPLE } });
  const limit = tokenBucket(REQUESTS_PER_SECOND);
  const counts = { taken: 0, refused: 0 };
  const { url } = await startHttpServer(async (request) => {
    if (limit(performance.now()) !== undefined) {
      counts.refused += 1;
      return json({ errors: [] }, 429);
    }
    counts.taken += 1;
    const response = await respondWith(mock, request);
    // The credential exists, and its process does not live to learn of it.
    const isCreate = request.method === "POST" && request.url === "/api/credentials";
    if (isCreate && mock.credentials.length >= 100 && issuer(request) === "worker_1") await kill(first);
    return response;
  });

  const queue = new Queue<AccountJob>("accounts", { connection: { path } });
  const events = new QueueEvents("accounts", { connection: { path } });
  await events.waitUntilReady();
  onTestFinished(async () => {
    await Promise.all([queue.close(), events.close()]);
  });
  const completed = new Set<string>();
  const finished = new Promise<void>((resolve, reject) => {
    events.on("completed", ({ jobId }) => {
      if (completed.add(jobId).size === ACCOUNTS.length) resolve();
    });
    events.on("failed", ({ failedReason }) => reject(new Error(failedReason)));
  });
  await addAccountJobs(queue, ACCOUNTS);
  // A second time, as by a process that was killed before it knew that they were added.
  await addAccountJobs(queue, ACCOUNTS);

  const start = (name: string) => {
    const args = [program, path, `${url}/api`, String(REQUESTS_PER_SECOND), name];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "inherit", "inherit"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    return { child, ended: once(child, "close") };
  };
  const kill = async ({ child, ended }: ReturnType<typeof start>, signal: NodeJS.Signals = "SIGKILL") => {
    child.kill(signal);
    return ended;
  };
  const first = start("worker_1");
  const second = start("worker_2");
  expect(await first.ended).toEqual([null, "SIGKILL"]);
  await finished;
  expect(await kill(second, "SIGTERM")).toEqual([0, null]);

  const redis = new Redis(path);
  onTestFinished(() => redis.disconnect());
  const stored = await redis.hgetall("stored");
  const expected = mock.credentials.map(({ userId, id }) => [
    userId,
    { credentialId: id, people: PEOPLE.map((each) => each.id) },
  ]);
  expect(mock.credentials.map(({ userId }) => userId).sort()).toEqual(ACCOUNTS.map(({ userId }) => userId).sort());
  expect(Object.fromEntries(Object.entries(stored).map(([userId, text]) => [userId, JSON.parse(text)]))).toEqual(
    Object.fromEntries(expected),
  );
  expect(await queue.getJobCounts("completed", "failed", "active", "waiting", "delayed")).toEqual({
    completed: ACCOUNTS.length,
    failed: 0,
    active: 0,
    waiting: 0,
    delayed: 0,
  });
  expect(counts.refused).toBeLessThanOrEqual(0.05 * counts.taken);
});

/** The `iss` of the request's token. */
function issuer({ headers }: ReceivedRequest): unknown {
  const [, payload = ""] = String(headers.authorization).split(".");
  return JSON.parse(Buffer.from(payload, "base64url").toString()).iss;
}
