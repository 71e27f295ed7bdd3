import type { WebhookEvent } from "rollout-client";

// Stands for a table of your database with a unique event_id.
const events = new Map<string, WebhookEvent>();

/** Saves an event unless one with its id is there: INSERT INTO rollout_events … ON CONFLICT (event_id) DO NOTHING. */
export async function saveEventOnce(event: WebhookEvent): Promise<void> {
  if (!events.has(event.eventId)) events.set(event.eventId, event);
}

export function savedEvents(): WebhookEvent[] {
  return [...events.values()];
}

export function forgetEvents(): void {
  events.clear();
}
