import { createWebhookVerifier, isWebhookEvent, RolloutWebhookError, type WebhookVerifier } from "rollout-client";
import { saveEventOnce } from "./events.ts";

// Not before the first request: a build loads this file too, and may not have the Client Secret.
let webhooks: WebhookVerifier | undefined;

/** Verifies a delivery and saves its event once. Resolves to the status to respond with. */
export async function receive(
  body: Uint8Array | ArrayBuffer,
  signature: string | string[] | null | undefined,
): Promise<number> {
  webhooks ??= createWebhookVerifier();
  try {
    const payload = await webhooks.verify(body, signature);
    if (isWebhookEvent(payload)) await saveEventOnce(payload);
    return 204;
  } catch (error) {
    if (!(error instanceof RolloutWebhookError)) throw error;
    return error.code === "invalid_signature" ? 401 : 400;
  }
}
