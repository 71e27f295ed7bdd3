import { onTestFinished, vi } from "vitest";
import { seededRandom } from "./simulated-server.ts";

/** Stops the clock until the end of the test, and makes chance repeatable. */
export function simulateTimeAndChance(seed: number): () => number {
  const random = seededRandom(seed);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
  const chance = vi.spyOn(Math, "random").mockImplementation(random);
  onTestFinished(() => {
    chance.mockRestore();
    vi.useRealTimers();
  });
  return random;
}

/** What became of calls that were handed over at once. */
export interface Outcome {
  readonly succeeded: number;
  readonly errors: readonly unknown[];
  readonly seconds: number;
}

/** Makes all calls at once, and lets time pass until the last of them has ended. */
export async function makeAtOnce(count: number, call: (index: number) => Promise<unknown>): Promise<Outcome> {
  const began = performance.now();
  const errors: unknown[] = [];
  let succeeded = 0;
  let ended = 0;
  const run = async (index: number): Promise<void> => {
    try {
      await call(index);
      succeeded += 1;
    } catch (error) {
      errors.push(error);
    }
    ended += 1;
  };
  const all = Promise.all(Array.from({ length: count }, (_, index) => run(index)));
  while (ended < count) {
    if (vi.getTimerCount() === 0) await Promise.race([all, vi.advanceTimersByTimeAsync(0)]);
    await vi.advanceTimersToNextTimerAsync();
  }
  await all;
  return { succeeded, errors, seconds: (performance.now() - began) / 1000 };
}
