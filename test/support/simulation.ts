import { onTestFinished, vi } from "vitest";

/** Numbers from 0 up to 1 that look random and are the same in each run (Park and Miller's "minimal standard"). */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % (2 ** 31 - 1);
    return state / (2 ** 31 - 1);
  };
}

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

/** Makes all calls at once, and lets time pass until the last of them has ended. */
export async function makeAtOnce(count: number, call: (index: number) => Promise<unknown>) {
  const began = performance.now();
  const errors: unknown[] = [];
  let ended = 0;
  const run = async (_: unknown, index: number): Promise<void> => {
    await call(index).catch((error: unknown) => errors.push(error));
    ended += 1;
  };
  const all = Promise.all(Array.from({ length: count }, run));
  while (ended < count) {
    if (vi.getTimerCount() === 0) await Promise.race([all, vi.advanceTimersByTimeAsync(0)]);
    await vi.advanceTimersToNextTimerAsync();
  }
  return { succeeded: count - errors.length, errors, seconds: (performance.now() - began) / 1000 };
}
