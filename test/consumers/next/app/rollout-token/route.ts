import { createTokenSigner } from "rollout-client";

export async function GET(): Promise<Response> {
  // Here you find out who is signed in.
  const userId = "user_123";
  // Within the function, because a build has no ROLLOUT_CLIENT_ID and ROLLOUT_CLIENT_SECRET.
  const token = await createTokenSigner().sign(userId);
  return Response.json({ token }, { headers: { "Cache-Control": "no-store" } });
}
