/** @type {import("./index.mjs").CreateCall} */
export function createCall({ baseUrl, token, fetch = globalThis.fetch, timeout }) {
  return async (input) => {
    const response = await fetch(`${baseUrl}/credentials`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
      body: JSON.stringify(input),
      signal: timeout === undefined ? null : AbortSignal.timeout(timeout),
    });
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
    return response.json();
  };
}
