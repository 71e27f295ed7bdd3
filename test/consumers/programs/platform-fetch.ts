// The platform's own fetch and console are options as they are.
import { createRolloutClient } from "rollout-client";

export const rollout = createRolloutClient({ token: "t", fetch, logger: console });
