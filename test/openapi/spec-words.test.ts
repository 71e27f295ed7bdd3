import { describe, expect, test } from "vitest";
import { findChanges } from "../../scripts/spec-update/findings.mjs";

const text = { type: "string" };
const answer = {
  type: "object",
  properties: { owner: { type: "object", properties: { tags: { type: "array", items: text } } } },
};

function documentWith(operation: object, more: object = {}): object {
  return {
    openapi: "3.0.3",
    info: { title: "Made up", version: "1" },
    paths: {
      "/things/{id}": { put: { operationId: "put_thing", responses: { 200: { description: "OK" } }, ...operation } },
    },
    ...more,
  };
}

const gives = (schema: object, ...mediaTypes: string[]): object => ({
  responses: { 200: { description: "OK", content: Object.fromEntries(mediaTypes.map((type) => [type, { schema }])) } },
});

async function lines(before: object, after: object): Promise<string[]> {
  return (await findChanges(before, after)).map(({ text: line }) => line);
}

describe("a change is told in a maintainer's words", { timeout: 30_000 }, () => {
  test("with the operation, and the way through the answer to the property", async () => {
    const longer = {
      ...answer,
      properties: {
        owner: { type: "object", properties: { tags: { type: "array", items: { ...text, maxLength: 9 } } } },
      },
    };
    expect(
      await lines(documentWith(gives(answer, "application/json")), documentWith(gives(longer, "application/json"))),
    ).toEqual(["PUT /things/{id}, answer 200, owner.tags[]: `maxLength` was set to 9"]);
  });

  test("with the names of the properties that are required, or no longer", async () => {
    const before = { type: "object", properties: { a: text, b: text }, required: ["a"] };
    const after = { ...before, required: ["b"] };
    const body = (schema: object): object => ({ requestBody: { content: { "application/json": { schema } } } });
    expect(
      await lines(
        documentWith(gives(before, "application/json")),
        documentWith(gives({ ...before, required: ["a", "b"] }, "application/json")),
      ),
    ).toEqual(["PUT /things/{id}, answer 200: required now: `b`"]);
    expect(await lines(documentWith(body(before)), documentWith(body({ ...after, required: [] })))).toEqual([
      "PUT /things/{id}, body: no longer required: `a`",
    ]);
  });

  test("once for all media types, which are named where JSON is not among them", async () => {
    const all = ["application/json", "multipart/form-data", "text/plain"];
    const added = { ...answer, properties: { ...answer.properties, name: text } };
    expect(await lines(documentWith(gives(answer, ...all)), documentWith(gives(added, ...all)))).toEqual([
      "PUT /things/{id}, answer 200: property `name` was added",
    ]);
    const rest = all.slice(1);
    expect(await lines(documentWith(gives(answer, ...rest)), documentWith(gives(added, ...rest)))).toEqual([
      "PUT /things/{id}, answer 200: property `name` was added (as multipart/form-data, text/plain)",
    ]);
  });

  test("with a parameter's name, also where it is a reference", async () => {
    const components = (limit: object): object => ({
      components: { parameters: { Limit: { name: "limit", in: "query", schema: limit } } },
    });
    const operation = { parameters: [{ $ref: "#/components/parameters/Limit" }] };
    expect(
      await lines(
        documentWith(operation, components(text)),
        documentWith(operation, components({ ...text, default: "5" })),
      ),
    ).toEqual([
      'PUT /things/{id}, query parameter limit: `default` was set to "5" (wherever components.parameters.Limit is used)',
    ]);
  });

  test("without the values where they are long", async () => {
    const summaries = ["short", "x".repeat(100)].map((summary) => documentWith({ summary }));
    expect(await lines(documentWith({ summary: "a" }), documentWith({ summary: "b" }))).toEqual([
      'PUT /things/{id}: `summary` changed from "a" to "b"',
    ]);
    expect(await lines(summaries[0] ?? {}, summaries[1] ?? {})).toEqual(["PUT /things/{id}: `summary` changed"]);
  });

  test("for what belongs to no operation", async () => {
    const before = documentWith({}, { servers: [{ url: "https://a.example" }], tags: [{ name: "a" }] });
    const after = {
      ...documentWith({}, { servers: [{ url: "https://a.example" }, { url: "https://b.example" }] }),
      openapi: "3.1.0",
    };
    expect(await lines(before, after)).toEqual([
      'the document: `openapi` changed from "3.0.3" to "3.1.0"',
      "the document: server 2 was added",
      "the document: `tags` was removed",
    ]);
  });
});
