import { expect, test } from "vitest";
import { findChanges, type Impact, impactOf, lineOf } from "../../scripts/lib/spec-update/changes.mjs";

const text = { type: "string" };
const object = (properties: object, required: string[] = []) => ({ type: "object", properties, required });
const content = (media: object) => ({ content: { "application/json": media } });
const ok = { responses: { 200: { description: "OK" } } };
const takes = (schema: object) => ({ ...ok, requestBody: { required: true, ...content({ schema }) } });
const gives = (schema: object) => ({ responses: { 200: { description: "OK", ...content({ schema }) } } });
const query = (more: object) => ({ ...ok, parameters: [{ name: "limit", in: "query", schema: text, ...more }] });

const none = object({});
const a = object({ a: text });
const needsA = object({ a: text }, ["a"]);
const aOrText = { anyOf: [a, text] };

type Planted = [name: string, before: object, after: object, impact: Impact | "none", words: string];

/** One made-up change of an operation each: the release that it needs, and what the line about it says. What else redocly judges is its own. */
const plantedChanges: Planted[] = [
  ["nothing", gives(text), gives(text), "none", ""],
  ["a required body is added", ok, takes(a), "major", "requestBody: added"],
  ["a body loses a property", takes(object({ a: text, b: text })), takes(a), "major", "properties/b: removed"],
  ["a body loses all properties", takes(a), takes({ type: "object" }), "major", "requestBody/properties"],
  ["a body gets an optional property", takes(none), takes(a), "minor", "properties/a: added"],
  ["a body gets a required property", takes(none), takes(needsA), "major", "required: `a`"],
  ["a response gets a property", gives(none), gives(needsA), "minor", "properties/a: added"],
  ["a response loses a property", gives(a), gives(none), "major", "Property `a` was removed."],
  ["the alternatives of a response change places", gives(aOrText), gives({ anyOf: [text, a] }), "none", ""],
  ["a response refers to the same schema", gives(a), gives({ $ref: "#/components/schemas/Same" }), "none", ""],
  ["a parameter is added", ok, query({}), "minor", "parameters: added"],
  ["a parameter becomes required", query({}), query({ required: true }), "major", "`limit` query parameter became"],
  ["the summary changes", { ...ok, summary: "a" }, { ...ok, summary: "b" }, "patch", "summary: modified"],
  ["authentication changes", ok, { ...ok, security: [{ jwt: [], key: [] }] }, "major", "Authentication"],
];

const get = (operationId: string, schema: object) => ({ get: { operationId, ...gives(schema) } });
const thing = { $ref: "#/components/schemas/Thing" };

/** All planted changes at once, each at a path of its own, and a few that belong to no operation. */
function documentWith(side: 1 | 2, pathId: string, schemas: object, removed: object): object {
  const operations = plantedChanges.map((planted, index) => [
    `/${index}`,
    { post: { operationId: `post_${index}`, ...planted[side] } },
  ]);
  const parameters = [{ name: pathId, in: "path", required: true, schema: text }];
  return {
    openapi: "3.0.3",
    info: { title: "Made up", version: "1" },
    security: [{ jwt: [] }],
    paths: {
      ...Object.fromEntries(operations),
      "/shared": { ...get("get", thing), put: { operationId: "put", ...takes(thing) }, ...removed },
      [`/renamed/{${pathId}}`]: { parameters, ...get("get_renamed", text) },
    },
    components: {
      schemas: { Same: a, ...schemas },
      securitySchemes: { jwt: { type: "http", scheme: "bearer" }, key: { type: "apiKey", in: "header", name: "X" } },
    },
  };
}

const removed = { delete: { operationId: "delete", ...gives(text) } };
const changes = await findChanges(
  documentWith(1, "id", { Thing: a, Unused: text }, removed),
  documentWith(2, "key", { Thing: needsA }, {}),
);

test.each(plantedChanges.map((planted, index) => [...planted, index] as const))(
  "a planted change is found, judged and named: %s",
  (_name, _before, _after, impact, words, index) => {
    const own = changes.filter(({ path }) => path.startsWith(`#/paths/~1${index}/`));
    const gravest = (["major", "minor", "patch"] as const).find((each) =>
      own.some((change) => impactOf(change) === each),
    );
    expect(gravest ?? "none").toBe(impact);
    const lines = own.filter((change) => impactOf(change) === impact).map(lineOf);
    expect(lines.join("\n")).toContain(words);
    for (const line of lines) expect(line).toMatch(new RegExp(`^POST /${index} · `));
  },
);

test("a change that belongs to no operation of its own is found, judged and named", () => {
  const others = changes.filter(({ path }) => !/^#\/paths\/~1\d+/.test(path));
  expect(others.map((change) => `${impactOf(change)}: ${lineOf(change)}`).sort()).toEqual([
    "major: /renamed/{key} · key: renamed from /renamed/{id}",
    "major: /renamed/{key} · parameters/0 · name: renamed from id",
    "major: DELETE /shared: Operation `DELETE /shared` was removed.",
    "major: GET /shared · responses/200 · required: Properties of `Thing` became required: `a`. (wherever components/schemas/Thing is used)",
    "major: components/schemas/Unused: removed",
  ]);
});
