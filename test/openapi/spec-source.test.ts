import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { readDocument } from "../../scripts/spec-update/source.mjs";
import { serve } from "../support/http-server.ts";

const document = {
  openapi: "3.1.0",
  info: { title: "Made up", version: "7" },
  servers: [{ url: "https://api.example" }],
  paths: {},
};

function inFile(content: string | Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), "rollout-client-source-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "document");
  writeFileSync(file, content);
  return file;
}

describe("the new document is read", () => {
  test("from a URL, through redirects", async () => {
    const { url } = await serve((request, response) => {
      if (request.url === "/new") response.end(JSON.stringify(document));
      else response.writeHead(302, { Location: "/new" }).end();
    });
    expect(await readDocument(url)).toEqual(document);
  });

  test("from YAML, anchors resolved", async () => {
    const yaml = `openapi: 3.1.0\ninfo: {title: Made up, version: "7"}\nservers: [{url: &a https://api.example}]\npaths: {}\nx-again: *a\n`;
    expect(await readDocument(inFile(yaml))).toEqual({ ...document, "x-again": "https://api.example" });
  });

  test("from JSON with a byte order mark", async () => {
    expect(await readDocument(inFile(`\uFEFF${JSON.stringify(document)}`))).toEqual(document);
  });
});

describe("the new document is refused, in one line that names it,", () => {
  test.each([
    ["http://api.example/openapi.json", /only https is allowed, not http:\/\/api\.example$/],
    ["ftp://api.example/openapi.json", /only https is allowed, not ftp:/],
    ["file:///etc/hostname", /only https is allowed, not file:/],
    ["https://", /Invalid URL/],
  ])("from %s", async (url, reason) => {
    await expect(readDocument(url)).rejects.toThrow(reason);
    await expect(readDocument(url)).rejects.toThrow(url);
  });

  test.each(["http://api.example/", "ftp://127.0.0.1/", "https://127.0.0.1:1/"])(
    "when it redirects to %s",
    async (location) => {
      const { url } = await serve((_, response) => response.writeHead(301, { Location: location }).end());
      await expect(readDocument(url)).rejects.toThrow(/only https is allowed|redirects from http: to https:/);
    },
  );

  test("when it redirects in a circle", async () => {
    const { url } = await serve((_, response) => response.writeHead(302, { Location: "/" }).end());
    await expect(readDocument(url, { maxRedirects: 2 })).rejects.toThrow("redirects more than 2 times");
  });

  test("when the server does not have it", async () => {
    const { url } = await serve((_, response) => response.writeHead(404).end("{}"));
    await expect(readDocument(url)).rejects.toThrow(`${url}: cannot be read: the server answered 404`);
  });

  test("when nothing listens", async () => {
    const { url, close } = await serve(() => {});
    await close();
    await expect(readDocument(url)).rejects.toThrow(`${url}: cannot be read: connect ECONNREFUSED`);
  });

  test("when its body never ends within the time limit", async () => {
    const { url } = await serve((_, response) => response.write("{"));
    await expect(readDocument(url, { timeout: 50 })).rejects.toThrow(/cannot be read: .*timeout/);
  });

  test("when it is too large, in a file or from a server that does not say how large it is", async () => {
    const text = JSON.stringify(document);
    const { url } = await serve((_, response) => response.end(text));
    await expect(readDocument(url, { maxBytes: text.length - 1 })).rejects.toThrow("is larger than");
    await expect(readDocument(inFile(text), { maxBytes: text.length - 1 })).rejects.toThrow("is larger than");
    expect(await readDocument(url, { maxBytes: text.length })).toEqual(document);
  });

  test.each([
    ["neither JSON nor YAML", "a: [", /is neither JSON nor YAML/],
    ["broken JSON", '{"openapi": ', /is not JSON/],
    ["not text", new Uint8Array([0xff, 0xfe, 0x00]), /cannot be read: .*not valid/],
    ["empty", "", /is not an OpenAPI document/],
    ["a YAML version that is a number", "openapi: 3.0.3\ninfo: {version: 1.0}\n", /no text at info\.version/],
  ])("when it is %s", async (_, content, reason) => {
    await expect(readDocument(inFile(content))).rejects.toThrow(reason);
  });
});
