import Anthropic from "@anthropic-ai/sdk";

/** @type {import("./index.mjs").CreateCall} */
export function createCall({ baseUrl, token, fetch, timeout }) {
  const client = new Anthropic({
    baseURL: baseUrl,
    apiKey: null,
    authToken: token,
    ...(fetch && { fetch }),
    ...(timeout !== undefined && { timeout }),
  });
  return (input) => client.post("/credentials", { body: input });
}
