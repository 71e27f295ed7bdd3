import { readFileSync } from "node:fs";
import { parseDocument } from "../openapi/document.mjs";
import { InputError, reasonOf } from "../openapi/input-error.mjs";

const DEFAULT_TIMEOUT_MS = 60_000;

/**
 * Reads an OpenAPI document, JSON or YAML, from a file or an https URL.
 *
 * @param {string} source
 * @param {{ timeout?: number }} [options] milliseconds, to the last byte
 */
export async function readDocument(source, { timeout = DEFAULT_TIMEOUT_MS } = {}) {
  try {
    const bytes = source.includes("://") ? await download(new URL(source), timeout) : readFileSync(source);
    return parseDocument(new TextDecoder("utf-8", { fatal: true }).decode(bytes), source);
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    // A failed fetch says only "fetch failed": the reason is its cause.
    const reason = reasonOf(cause instanceof Error ? (cause.cause ?? cause) : cause);
    throw new InputError(source, `cannot be read: ${reason}`, { cause });
  }
}

/**
 * Follows no redirect, which could lead off https: a maintainer names the address that holds the document.
 *
 * @param {URL} url
 * @param {number} timeout
 */
async function download(url, timeout) {
  const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && loopback)) throw new Error("only https is allowed");
  const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(timeout) });
  if (response.ok) return response.arrayBuffer();
  await response.body?.cancel();
  throw new Error(`the server responded with ${response.status} ${response.headers.get("location") ?? ""}`);
}
