import { connection } from "next/server";
import { Suspense } from "react";
import { rolloutFor } from "../rollout";

export default function Page() {
  return (
    <Suspense>
      <Connectors />
    </Suspense>
  );
}

async function Connectors() {
  await connection(); // the signer reads the clock, which Next.js forbids before anything of the request is read
  const connectors = await rolloutFor("our-office").connectors.list();
  return <p>{connectors.map(({ name }) => name).join(", ")}</p>;
}
