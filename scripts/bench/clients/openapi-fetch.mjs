import createClient from "openapi-fetch";

/** @type {import("./index.mjs").CreateCall} */
export function createCall({ baseUrl, token, fetch, timeout }) {
  /** @type {import("openapi-fetch").Client<import("rollout-client").paths>} */
  const client = createClient({
    baseUrl,
    headers: { Authorization: `Bearer ${token}` },
    ...(fetch && { fetch }),
  });
  return async (input) => {
    const { data, error, response } = await client.POST("/credentials", {
      body: input,
      ...(timeout !== undefined && { signal: AbortSignal.timeout(timeout) }),
    });
    if (!response.ok) throw new Error(`${response.status}: ${JSON.stringify(error)}`);
    return data;
  };
}
