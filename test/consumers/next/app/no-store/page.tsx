import { Suspense } from "react";
import { createRolloutClient, unwrap } from "rollout-client";

export default function Page() {
  return (
    <Suspense>
      <Connectors />
    </Suspense>
  );
}

async function Connectors() {
  const { api } = createRolloutClient({ token: "a-token", baseUrl: process.env.ROLLOUT_BASE_URL });
  const connectors = unwrap(await api.GET("/connectors", { cache: "no-store" }));
  return <p>{Object.keys(connectors).length}</p>;
}
