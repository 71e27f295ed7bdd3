// The first use of api, to count what it costs the compiler.
import { createRolloutClient } from "rollout-client";

const { api } = createRolloutClient({ token: "token" });
export const created: unknown = await api.POST("/credentials", { body: { appKey: "gmail", userInputs: {} } });
