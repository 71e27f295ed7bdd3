import ky from "ky";

/** @type {import("./index.mjs").CreateCall} */
export function createCall({ baseUrl, token, fetch, timeout }) {
  const client = ky.create({
    prefixUrl: baseUrl,
    headers: { Authorization: `Bearer ${token}` },
    ...(fetch && { fetch }),
    ...(timeout !== undefined && { timeout }),
  });
  return (input) => client.post("credentials", { json: input }).json();
}
