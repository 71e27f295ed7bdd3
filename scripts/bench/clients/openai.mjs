import OpenAI from "openai";

/** @type {import("./index.mjs").CreateCall} */
export function createCall({ baseUrl, token, fetch, timeout }) {
  const client = new OpenAI({
    baseURL: baseUrl,
    apiKey: token,
    ...(fetch && { fetch }),
    ...(timeout !== undefined && { timeout }),
  });
  return (input) => client.post("/credentials", { body: input });
}
