import { Octokit } from "@octokit/core";

/** @type {import("./index.mjs").CreateCall} */
export function createCall({ baseUrl, token, fetch, timeout }) {
  const octokit = new Octokit({ baseUrl, auth: token, request: { ...(fetch && { fetch }) } });
  return async (input) => {
    const { data } = await octokit.request("POST /credentials", {
      ...input,
      request: { ...(timeout !== undefined && { signal: AbortSignal.timeout(timeout) }) },
    });
    return data;
  };
}
