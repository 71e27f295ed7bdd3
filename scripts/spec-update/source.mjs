import { readFileSync, statSync } from "node:fs";
import { parse as parseYaml } from "yaml";
import { checkDocument, parseJson } from "../openapi/document.mjs";
import { InputError, reasonOf } from "../openapi/input-error.mjs";

const redirects = new Set([301, 302, 303, 307, 308]);

/**
 * @typedef {object} Limits
 * @property {number} [maxBytes]
 * @property {number} [timeout] milliseconds, up to the last byte
 * @property {number} [maxRedirects]
 * @property {AbortSignal} [signal]
 */

/**
 * Reads an OpenAPI document, JSON or YAML, from a file or an https URL.
 *
 * @param {string} source
 * @param {Limits} [limits]
 */
export async function readDocument(source, limits = {}) {
  const text = await readSource(source, limits);
  const looksLikeJson = text.trimStart().startsWith("{");
  return checkDocument(looksLikeJson ? parseJson(text, source) : parseYamlDocument(text, source), source);
}

/**
 * @param {string} text
 * @param {string} source
 * @returns {unknown}
 */
function parseYamlDocument(text, source) {
  try {
    return parseYaml(text);
  } catch (cause) {
    throw new InputError(source, `is neither JSON nor YAML: ${reasonOf(cause)}`, { cause });
  }
}

/**
 * @param {string} source
 * @param {Limits} limits
 * @returns {Promise<string>}
 */
async function readSource(source, { maxBytes = 50_000_000, timeout = 60_000, maxRedirects = 5, signal }) {
  try {
    const bytes = source.includes("://")
      ? await download(source, {
          maxBytes,
          maxRedirects,
          signal: AbortSignal.any([AbortSignal.timeout(timeout), ...(signal ? [signal] : [])]),
        })
      : readFile(source, maxBytes);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    if (signal?.aborted || cause instanceof InputError) throw cause;
    throw new InputError(source, `cannot be read: ${reasonOf(rootCause(cause))}`, { cause });
  }
}

/**
 * @param {string} file
 * @param {number} maxBytes
 */
function readFile(file, maxBytes) {
  if (statSync(file).size > maxBytes) throw new Error(`it is larger than ${maxBytes} bytes`);
  return readFileSync(file);
}

/**
 * @param {string} source
 * @param {{ maxBytes: number, maxRedirects: number, signal: AbortSignal }} limits
 */
async function download(source, { maxBytes, maxRedirects, signal }) {
  let url = allowedUrl(source);
  for (let hop = 0; hop <= maxRedirects; hop += 1) {
    const response = await fetch(url, {
      redirect: "manual",
      signal,
      headers: { Accept: "application/json, application/yaml;q=0.9, */*;q=0.1" },
    });
    if (response.ok) return readBody(response, maxBytes);
    await response.body?.cancel();
    const location = response.headers.get("location");
    if (!redirects.has(response.status) || location === null) throw new Error(`the server answered ${response.status}`);
    const next = allowedUrl(new URL(location, url).href);
    if (next.protocol !== url.protocol) throw new Error(`it redirects from ${url.protocol} to ${next.protocol}`);
    url = next;
  }
  throw new Error(`it redirects more than ${maxRedirects} times`);
}

/**
 * https, or http to this machine, where nobody can listen in or answer instead.
 *
 * @param {string} text
 */
function allowedUrl(text) {
  const url = new URL(text);
  const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol === "https:" || (url.protocol === "http:" && loopback)) return url;
  throw new Error(`only https is allowed, not ${url.protocol}//${url.hostname}`);
}

/**
 * @param {Response} response
 * @param {number} maxBytes
 */
async function readBody(response, maxBytes) {
  const reader = response.body?.getReader();
  const chunks = [];
  let size = 0;
  for (let read = await reader?.read(); read?.value !== undefined; read = await reader?.read()) {
    size += read.value.byteLength;
    if (size > maxBytes) {
      await reader?.cancel();
      throw new Error(`it is larger than ${maxBytes} bytes`);
    }
    chunks.push(read.value);
  }
  return Buffer.concat(chunks);
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
