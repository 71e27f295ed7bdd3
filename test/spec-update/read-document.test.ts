import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readDocument } from "../../scripts/lib/spec-update/read-document.mjs";
import { serve } from "../support/http-server.ts";

const document = {
  openapi: "3.1.0",
  info: { title: "Made up", version: "7" },
  servers: [{ url: "https://api.example" }],
  paths: {},
};
const json = JSON.stringify(document);

function inFile(content: string | Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), "rollout-client-document-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "document"), content);
  return join(folder, "document");
}

test("a document is read from a URL", async () => {
  const { url } = await serve((_, response) => response.end(json));
  expect(await readDocument(url)).toEqual(document);
});

test.each([
  ["JSON with a byte order mark", `\uFEFF${json}`],
  [
    "YAML with an anchor",
    `openapi: 3.1.0\ninfo: {title: Made up, version: "7"}\nservers: [{url: &a https://api.example}]\npaths: {}\nx: *a\n`,
  ],
])("a document is read from %s", async (_, content) => {
  expect(await readDocument(inFile(content))).toMatchObject(document);
});

test.each(["http://api.example/openapi.json", "ftp://api.example/openapi.json", "file:///etc/hostname"])(
  "a document is refused from %s, which is not https",
  async (url) => {
    await expect(readDocument(url)).rejects.toThrow(`${url}: cannot be read: only https is allowed`);
  },
);

test.each([
  [302, { Location: "https://elsewhere.example/" }, "the server responded with 302 https://elsewhere.example/"],
  [404, {}, "the server responded with 404"],
])("a document is refused when the server responds with %i", async (status, headers, reason) => {
  const { url } = await serve((_, response) => response.writeHead(status, headers).end(json));
  await expect(readDocument(url)).rejects.toThrow(`${url}: cannot be read: ${reason}`);
});

test("a document is refused when nothing listens", async () => {
  const { url, close } = await serve(() => {});
  await close();
  await expect(readDocument(url)).rejects.toThrow(`${url}: cannot be read: connect ECONNREFUSED`);
});

test("a document is refused when its body does not end within the time limit", async () => {
  const { url } = await serve((_, response) => response.write("{"));
  await expect(readDocument(url, { timeout: 50 })).rejects.toThrow(/cannot be read: .*timeout/);
});

test.each([
  ["neither JSON nor YAML", "a: [", /cannot be read as JSON or YAML/],
  ["broken JSON", '{"openapi": ', /cannot be read as JSON or YAML: Unexpected end/],
  ["not text", new Uint8Array([0xff, 0xfe, 0x00]), /cannot be read: .*not valid/],
  ["empty", "", /is not OpenAPI 3\.0 or 3\.1: the document must be object/],
  ["OpenAPI 2", 'swagger: "2.0"\n', /is not OpenAPI 3\.0 or 3\.1: .*required property 'openapi'/],
  [
    "a YAML version that is a number",
    "openapi: 3.0.3\ninfo: {version: 1.0}\nservers: []\npaths: {}\n",
    /the document\/info\/version must be string/,
  ],
])("a document is refused when it is %s", async (_, content, reason) => {
  const file = inFile(content);
  await expect(readDocument(file)).rejects.toThrow(reason);
  await expect(readDocument(file)).rejects.toThrow(file);
});
