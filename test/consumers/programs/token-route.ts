// The route that Rollout Link asks for its token, and a browser's client that asks the same route.
import { createRolloutClient, createTokenSigner, RolloutConfigError } from "rollout-client";

declare function signedInUser(request: Request): Promise<string | undefined>;

const signer = createTokenSigner();

export async function rolloutToken(request: Request): Promise<Response> {
  const userId = await signedInUser(request);
  if (userId === undefined) return new Response(null, { status: 401 });
  return new Response(JSON.stringify({ token: await signer.sign(userId) }));
}

export const rollout = createRolloutClient({
  token: async () => {
    const response = await fetch("/rollout-token");
    if (!response.ok) throw new Error(`/rollout-token responded with ${response.status}`);
    const { token } = (await response.json()) as { token: string };
    return token;
  },
});

export const isMisconfigured = (error: unknown): boolean =>
  error instanceof RolloutConfigError && error.option === "clientSecret";
