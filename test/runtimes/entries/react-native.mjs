// What React Native has in place of the platform's fetch and signals: whatwg-fetch over XMLHttpRequest, and abort-controller.
import { Buffer } from "node:buffer";
import { request } from "node:http";
import { createRequire } from "node:module";
import process from "node:process";
import { equal, failureOf, matches } from "../checks/assert.mjs";
import { input } from "../checks/calls.mjs";
import { failedCreate, report } from "./create.mjs";

const { folder, apiUrl, faultsUrl, closedUrl, token } = JSON.parse(process.argv[2] ?? "");

/** As much of XMLHttpRequest as whatwg-fetch uses. */
class XMLHttpRequest {
  /** @type {Record<string, string>} */ headers = {};
  /** @type {any} */ onload;
  /** @type {any} */ onerror;
  /** @type {any} */ onabort;
  responseType = "";
  open(/** @type {string} */ method, /** @type {string} */ url) {
    this.method = method;
    this.responseURL = url;
  }
  setRequestHeader(/** @type {string} */ name, /** @type {string} */ value) {
    this.headers[name] = value;
  }
  getAllResponseHeaders() {
    return Object.entries(this.responseHeaders ?? {})
      .map(([name, value]) => `${name}: ${value}`)
      .join("\r\n");
  }
  abort() {
    this.sent?.destroy();
    this.onabort();
  }
  send(/** @type {any} */ body) {
    const { method, headers } = this;
    this.sent = request(String(this.responseURL), { method, headers }, async (response) => {
      // It fails when the request is aborted.
      const chunks = await response.toArray().catch(() => undefined);
      if (chunks === undefined) return;
      this.status = response.statusCode;
      this.statusText = response.statusMessage;
      this.responseHeaders = response.headers;
      this.response = new Blob(chunks);
      this.onload();
    });
    this.sent.on("error", () => this.onerror());
    this.sent.end(body === null ? undefined : typeof body === "string" ? body : Buffer.from(body));
  }
}

class FileReader {
  /** @type {any} */ onload;
  async readAsText(/** @type {Blob} */ blob) {
    this.result = await blob.text();
    this.onload();
  }
  async readAsArrayBuffer(/** @type {Blob} */ blob) {
    this.result = await blob.arrayBuffer();
    this.onload();
  }
}

for (const name of ["fetch", "Headers", "Request", "Response", "ReadableStream", "AbortController", "AbortSignal"]) {
  Reflect.deleteProperty(globalThis, name);
}
Object.assign(globalThis, { XMLHttpRequest, FileReader });
const require = createRequire(`${folder}/package.json`);
Object.assign(globalThis, require("abort-controller"));
require("whatwg-fetch");
const { createRolloutClient } = await import("rollout-client");

const clientAt = (/** @type {string} */ baseUrl, /** @type {object} */ options = {}) =>
  createRolloutClient({ token, baseUrl, retry: false, ...options });

await report({
  async "React Native: a create, with middleware too"() {
    const { api, credentials } = clientAt(`${faultsUrl}/accented`);
    equal(await credentials.create(input), { id: "crèd_1" });
    api.use({ onRequest() {} });
    equal(await credentials.create(input), { id: "crèd_1" });
  },
  async "React Native: a refusal, a timeout, a lost connection, a body that is too long"() {
    const refused = await failedCreate(clientAt(`${faultsUrl}/refused`));
    equal(refused.known, ["bad_request", false, 1]);
    matches(refused.message, /refusé/);
    equal((await failedCreate(clientAt(`${faultsUrl}/stalled`, { timeout: 100 }))).known, ["timeout", true, 1]);
    equal((await failedCreate(clientAt(closedUrl))).known, ["network", true, 1]);
    equal((await failedCreate(clientAt(apiUrl, { maxResponseBytes: 1 }))).known, ["invalid_response", true, 1]);
  },
  async "React Native: an abort, whose signal has no reason"() {
    const controller = new AbortController();
    const call = clientAt(`${faultsUrl}/stalled`).credentials.create(input, { signal: controller.signal });
    controller.abort();
    equal((await failureOf(call)).name, "AbortError");
  },
});
