import { Redis } from "ioredis";
import { createTokenSigner } from "rollout-client";
import { startAccountWorker } from "./jobs.ts";
import { createRedisRateLimiter } from "./redis.ts";

// One of the processes of jobs.test.ts. Its tokens say by their issuer which one it is.
const [path = "", url = "", requestsPerSecond = "", clientId = ""] = process.argv.slice(2);
const redis = new Redis(path);
const worker = startAccountWorker({
  connection: { path },
  signer: createTokenSigner({ clientId, clientSecret: "made-up" }),
  rateLimiter: createRedisRateLimiter(redis, Number(requestsPerSecond)),
  baseUrl: url,
  crmUrl: url,
  userInputsOf: async ({ userId }) => ({ apiKey: `key of ${userId}` }),
  store: async ({ userId }, credentialId, people) => {
    await redis.hset("stored", userId, JSON.stringify([credentialId, ...people.map(({ id }) => id)]));
  },
});

process.once("SIGTERM", async () => {
  await worker.close();
  redis.disconnect();
});
