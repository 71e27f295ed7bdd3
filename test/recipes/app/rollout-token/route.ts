import { createTokenSigner, type TokenSigner } from "rollout-client";
import { userOf } from "../../session.ts";

// Not before the first request: a build loads this file too, and may not have the Client Secret.
let signer: TokenSigner | undefined;

export async function GET(request: Request): Promise<Response> {
  const user = await userOf(request);
  if (user === undefined) return Response.json({ error: "sign in first" }, { status: 401 });
  signer ??= createTokenSigner();
  const token = await signer.sign(user.id);
  return Response.json({ token }, { headers: { "Cache-Control": "no-store" } });
}
