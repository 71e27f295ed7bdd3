import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { Suspense } from "react";
import { createRolloutClient } from "rollout-client";

export default function Page() {
  return (
    <Suspense>
      <Connectors />
    </Suspense>
  );
}

async function Connectors() {
  const rollout = createRolloutClient({ token: sessionToken, baseUrl: process.env.ROLLOUT_BASE_URL });
  const connectors = await rollout.connectors.list();
  return <p>{connectors.length}</p>;
}

async function sessionToken(): Promise<string> {
  const session = (await cookies()).get("session");
  return session?.value ?? redirect("/");
}
