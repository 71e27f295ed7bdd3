import { redirect } from "next/navigation";
import { createRolloutClient } from "rollout-client";

export default async function Page() {
  const rollout = createRolloutClient({ token: () => redirect("/"), baseUrl: process.env.ROLLOUT_BASE_URL });
  await rollout.connectors.list();
  return null;
}
