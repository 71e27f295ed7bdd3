import { signer } from "../rollout";
import { signedInUser } from "../session";

export async function GET(): Promise<Response> {
  const userId = await signedInUser();
  if (userId === undefined) return Response.json({ error: "sign in first" }, { status: 401 });
  const token = await signer.sign(userId);
  return Response.json({ token }, { headers: { "Cache-Control": "no-store" } });
}
