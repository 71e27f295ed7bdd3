import express from "express";
import { receive } from "./receive.js";

export const app = express();

// Above any app.use(express.json()), which would parse the body and drop its bytes.
app.post(
  "/webhooks/rollout",
  express.raw({ type: "application/json", limit: "1mb" }),
  async ({ body, headers }, response) => {
    response.status(await receive(body, headers["x-rollout-signature"])).end();
  },
);
