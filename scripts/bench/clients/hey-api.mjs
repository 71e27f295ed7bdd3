import { createClient, postCredentials } from "#hey-api";

/** @type {import("./index.mjs").CreateCall} */
export function createCall({ baseUrl, token, fetch, timeout }) {
  const client = createClient({
    baseUrl,
    headers: { Authorization: `Bearer ${token}` },
    ...(fetch && { fetch }),
  });
  return async (input) => {
    const { data } = await postCredentials({
      client,
      body: input,
      throwOnError: true,
      ...(timeout !== undefined && { signal: AbortSignal.timeout(timeout) }),
    });
    return data;
  };
}
