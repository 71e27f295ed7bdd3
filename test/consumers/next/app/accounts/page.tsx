import { redirect } from "next/navigation";
import { Suspense } from "react";
import { rolloutFor } from "../rollout";
import { signedInUser } from "../session";

export default function Page() {
  return (
    <Suspense fallback={<p>Loading your accounts…</p>}>
      <Accounts />
    </Suspense>
  );
}

async function Accounts() {
  const userId = await signedInUser();
  if (userId === undefined) redirect("/");
  const accounts = await rolloutFor(userId).credentials.list();
  return (
    <ul>
      {accounts.map(({ id, appKey }) => (
        <li key={id}>{appKey}</li>
      ))}
    </ul>
  );
}
