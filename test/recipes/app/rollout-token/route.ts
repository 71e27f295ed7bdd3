import { createTokenSigner } from "rollout-client";
import { userOf } from "../../session";

const signer = createTokenSigner(); // reads the environment for the first token, not in a build

export async function GET(request: Request): Promise<Response> {
  const user = await userOf(request);
  if (user === undefined) return Response.json({ error: "sign in first" }, { status: 401 });
  const token = await signer.sign(user.id);
  return Response.json({ token }, { headers: { "Cache-Control": "no-store" } });
}
