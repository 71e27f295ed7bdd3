// A CommonJS module requires the package: TypeScript knows since 5.8 that Node can.
import client = require("rollout-client");

export const rollout: client.RolloutClient = client.createRolloutClient({ token: "t" });
