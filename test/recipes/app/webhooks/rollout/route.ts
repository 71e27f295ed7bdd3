import { receive } from "../../../webhooks/receive";

export async function POST(request: Request): Promise<Response> {
  const status = await receive(await request.arrayBuffer(), request.headers.get("x-rollout-signature"));
  return new Response(null, { status });
}
