// Cloudflare workerd: a worker that is sent its surroundings, and answers with the results.
import * as client from "rollout-client";
import { runSuite } from "../suite.mjs";

export default {
  /** @param {Request} request */
  async fetch(request) {
    const surroundings = /** @type {import("../suite.mjs").Surroundings} */ (await request.json());
    return Response.json(await runSuite({ ...surroundings, client, webSocket: undefined }));
  },
};
