import process from "node:process";
import fc from "fast-check";

// Every run searches the same values, so that no test fails by chance. `npm run test:fuzz` draws another seed.
const { FUZZ_SEED = "1" } = process.env;
fc.configureGlobal({ seed: Number(FUZZ_SEED) });
