import type { TestProject } from "vitest/node";

/** Says with which seed the random searches run, and how to run them again with it. */
export default function setup({ config }: TestProject): void {
  const { FUZZ_SEED } = config.env;
  console.log(`The seed is ${FUZZ_SEED}. To repeat this run: FUZZ_SEED=${FUZZ_SEED} npm run test:fuzz`);
}
