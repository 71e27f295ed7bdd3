import { createRolloutClient, type RolloutClientOptions } from "rollout-client";
// Of the same major version as the undici in your Node (`node -p process.versions.undici`).
import { ProxyAgent } from "undici";

export function createClientBehindProxy(proxy: string, options: RolloutClientOptions) {
  const viaProxy = { dispatcher: new ProxyAgent(proxy) };
  return createRolloutClient({ ...options, fetch: (request, init) => fetch(request, { ...init, ...viaProxy }) });
}
