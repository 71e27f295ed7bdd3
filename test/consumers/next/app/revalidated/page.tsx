import { createRolloutClient, unwrap } from "rollout-client";

export default async function Page() {
  const { api } = createRolloutClient({ token: "a-token", baseUrl: process.env.ROLLOUT_BASE_URL });
  const connectors = unwrap(await api.GET("/connectors", { next: { revalidate: 3600 } }));
  return <p>{Object.keys(connectors).length}</p>;
}
