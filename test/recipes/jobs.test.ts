import { Queue, QueueEvents } from "bullmq";
import { Redis } from "ioredis";
import { decodeJwt } from "jose";
import { createRolloutMock } from "rollout-client/testing";
import { expect, onTestFinished, test } from "vitest";
import type { ReceivedRequest } from "../support/servers.ts";
import { type AccountJob, addAccountJobs } from "./jobs.ts";
import { askedInWindow, buildProgram, openWindow, REQUESTS_PER_WINDOW, serveMock, startRedis } from "./parts.ts";

const PEOPLE = ["person_1", "person_2"];
const ACCOUNTS = Array.from({ length: 300 }, (_, index) => ({ userId: `user_${index + 1}`, appKey: "liondesk" }));

test("two processes connect 300 accounts once each and read them, each request by leave of one limiter, although one is killed", async () => {
  const path = await startRedis();
  const redis = new Redis(path);
  const connection = { path };
  const queue = new Queue<AccountJob>("accounts", { connection });
  const events = new QueueEvents("accounts", { connection });
  await Promise.all([events.waitUntilReady(), openWindow(redis)]);
  onTestFinished(async () => {
    await Promise.all([queue.close(), events.close(), redis.disconnect()]);
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

  const mock = createRolloutMock({ collections: { people: PEOPLE.map((id) => ({ id })) } });
  const start = await buildProgram("jobs-process");
  const url = await serveMock(mock, async (request) => {
    // The credential exists, and its process does not live to learn of it.
    const isCreate = request.method === "POST" && request.url === "/api/credentials";
    if (isCreate && mock.credentials.length >= 100 && issuerOf(request) === "worker_1") await first.end("SIGKILL");
  });
  const first = start([path, url, String(REQUESTS_PER_WINDOW), "worker_1"]);
  const second = start([path, url, String(REQUESTS_PER_WINDOW), "worker_2"]);
  expect(await first.ended).toMatchObject({ signal: "SIGKILL" });
  await finished;
  expect(await second.end()).toMatchObject({ code: 0 });

  expect(mock.credentials.map(({ userId }) => userId).sort()).toEqual(ACCOUNTS.map(({ userId }) => userId).sort());
  expect(await redis.hgetall("stored")).toEqual(
    Object.fromEntries(mock.credentials.map(({ userId, id }) => [userId, JSON.stringify([id, ...PEOPLE])])),
  );
  expect(await queue.count()).toBe(0);
  // More only by what the killed process had leave for, and did not send.
  expect(await askedInWindow(redis)).toBeGreaterThanOrEqual(mock.requests.length);
});

function issuerOf({ headers }: ReceivedRequest): string | undefined {
  return decodeJwt(String(headers.authorization).replace("Bearer ", "")).iss;
}
