import fastify from "fastify";
import { receive } from "./receive.js";

export const app = fastify();

// In a scope of its own, so that other routes still get parsed JSON.
app.register(async (scope) => {
  scope.addContentTypeParser(
    "application/json",
    { parseAs: "buffer" },
    async (_request: unknown, body: Buffer) => body,
  );
  scope.post<{ Body: Buffer }>("/webhooks/rollout", async ({ body, headers }, reply) => {
    return reply.code(await receive(body, headers["x-rollout-signature"])).send();
  });
});
