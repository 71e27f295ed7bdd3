// A page: a function that the test calls.
import * as client from "rollout-client";
import { runSuite } from "../suite.mjs";

/** @typedef {import("../suite.mjs").Surroundings} Surroundings */

Reflect.set(globalThis, "runSuite", (/** @type {Surroundings} */ surroundings) =>
  runSuite({ ...surroundings, client, webSocket: undefined }),
);
