import axios from "axios";

/** @type {import("./index.mjs").CreateCall} */
export function createCall({ baseUrl, token, fetch, timeout }) {
  const client = axios.create({
    baseURL: baseUrl,
    headers: { Authorization: `Bearer ${token}` },
    // Without a stub this is what a user gets on Node: the adapter over node:http.
    ...(fetch && { adapter: "fetch", env: { fetch } }),
    ...(timeout !== undefined && { timeout }),
  });
  return async (input) => {
    const { data } = await client.post("/credentials", input);
    return data;
  };
}
