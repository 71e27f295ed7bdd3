import cliProgress from "cli-progress";
import {
  type CreateCredentialInput,
  createRateLimiter,
  createRolloutClient,
  type RolloutClientOptions,
} from "rollout-client";

/** Connects many accounts with a progress bar; one result for each, in the order of the inputs. */
export async function connectAll(
  inputs: readonly CreateCredentialInput[],
  options: RolloutClientOptions,
  output: NodeJS.WritableStream = process.stderr,
) {
  const rateLimiter = createRateLimiter();
  const rollout = createRolloutClient({ ...options, rateLimiter });
  const format = "{bar} {value}/{total} | {queued} in the queue | {rate} per second | {eta} s left";
  const bar = new cliProgress.SingleBar({ format, stream: output, noTTYOutput: true, hideCursor: true });
  const state = () => ({ queued: rateLimiter.queued, rate: Math.round(rateLimiter.requestsPerSecond) });

  // All at once: the rate limiter makes them wait.
  const calls = inputs.map((input) => rollout.credentials.create(input));
  bar.start(inputs.length, 0, state());
  for (const call of calls) call.catch(() => {}).finally(() => bar.increment(1, state()));
  const results = await Promise.allSettled(calls);
  bar.stop();
  return results;
}
