// Node 20 has no WebSocket of its own: the package ws brings one.
import { createRolloutClient } from "rollout-client";
import { WebSocket } from "ws";

export const rollout = createRolloutClient({ token: "t", webSocket: WebSocket });
