import { Redis } from "ioredis";
import { createRolloutClient } from "rollout-client";
import { createRedisRateLimiter } from "./redis.ts";

// One of the processes of redis.test.ts: prints how many of its calls succeed, and the codes of the errors.
const [redisPath = "", baseUrl = "", count = "", requestsPerSecond = ""] = process.argv.slice(2);
const redis = new Redis(redisPath);
const { credentials } = createRolloutClient({
  token: "made-up",
  baseUrl,
  rateLimiter: createRedisRateLimiter(redis, Number(requestsPerSecond)),
});
const input = { appKey: "gmail", userInputs: {} };
const results = await Promise.allSettled(Array.from({ length: Number(count) }, () => credentials.create(input)));
const codes = results.flatMap((result) => (result.status === "fulfilled" ? [] : [result.reason.code]));
console.log(JSON.stringify({ succeeded: results.length - codes.length, codes }));
redis.disconnect();
