import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { checkDocument } from "../openapi/document.mjs";
import { InputError, reasonOf } from "../openapi/input-error.mjs";

const DEFAULT_TIMEOUT_MS = 60_000;

/**
 * Reads an OpenAPI document, JSON or YAML, from a file or an https URL.
 *
 * @param {string} source
 * @param {{ timeout?: number }} [options] milliseconds, to the last byte
 */
export async function readDocument(source, { timeout = DEFAULT_TIMEOUT_MS } = {}) {
  return checkDocument(parseText(await readText(source, timeout), source), source);
}

/**
 * @param {string} source
 * @param {number} timeout
 */
async function readText(source, timeout) {
  try {
    const bytes = source.includes("://") ? await download(new URL(source), timeout) : readFileSync(source);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new InputError(source, `cannot be read: ${reasonOf(rootCause(cause))}`, { cause });
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
  const location = response.headers.get("location");
  throw new Error(`the server responded with ${response.status}${location === null ? "" : ` to ${location}`}`);
}

/**
 * @param {string} text
 * @param {string} source
 * @returns {unknown}
 */
function parseText(text, source) {
  const isJson = text.trimStart().startsWith("{");
  try {
    return isJson ? JSON.parse(text) : parse(text);
  } catch (cause) {
    throw new InputError(source, `is ${isJson ? "not JSON" : "neither JSON nor YAML"}: ${reasonOf(cause)}`, { cause });
  }
}

/**
 * A failed fetch says only "fetch failed"; the reason is beneath.
 *
 * @param {unknown} error
 * @returns {unknown}
 */
function rootCause(error) {
  return error instanceof Error && error.cause !== undefined ? rootCause(error.cause) : error;
}
