// The WebSocket of a page, or of a platform that has the same.
import { createRolloutClient } from "rollout-client";

export const rollout = createRolloutClient({ token: "t", webSocket: WebSocket });
