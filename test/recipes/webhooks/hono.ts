import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { receive } from "./receive.js";

export const app = new Hono();

app.post("/webhooks/rollout", bodyLimit({ maxSize: 1024 * 1024 }), async ({ req }) => {
  const status = await receive(await req.arrayBuffer(), req.header("x-rollout-signature"));
  return new Response(null, { status });
});
