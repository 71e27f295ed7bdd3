import { createWebhookVerifier, isWebhookEvent, RolloutWebhookError } from "rollout-client";
import { saveEventOnce } from "./events.js";

const webhooks = createWebhookVerifier(); // reads the environment for the first delivery, not in a build

/** Verifies a delivery and saves its event once. Resolves to the status to respond with. */
export async function receive(
  body: Uint8Array | ArrayBuffer,
  signature: string | string[] | null | undefined,
): Promise<number> {
  try {
    const payload = await webhooks.verify(body, signature);
    if (isWebhookEvent(payload)) await saveEventOnce(payload);
    return 204;
  } catch (error) {
    if (!(error instanceof RolloutWebhookError)) throw error;
    return error.code === "invalid_signature" ? 401 : 400;
  }
}
