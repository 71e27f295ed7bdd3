import { beforeAll, expect, test } from "vitest";
import { type Change, findChanges, type Impact, impactOf, lineOf } from "../../scripts/lib/spec-update/changes.mjs";

const text = { type: "string" };
const object = (properties: object, required: string[] = []) => ({ type: "object", properties, required });
const content = (media: object) => ({ content: { "application/json": media } });
const ok = { responses: { 200: { description: "OK" } } };
const takes = (schema: object, required = true) => ({ ...ok, requestBody: { required, ...content({ schema }) } });
const gives = (schema: object, more: object = {}) => ({
  responses: { 200: { description: "OK", ...content({ schema, ...more }) } },
});
const query = (more: object) => ({ ...ok, parameters: [{ name: "limit", in: "query", schema: text, ...more }] });

const none = object({});
const a = object({ a: text });
const needsA = object({ a: text }, ["a"]);
const nullableA = object({ a: { ...text, nullable: true } });
const numberA = object({ a: { type: "integer" } });
const aOrText = { anyOf: [a, text] };
const one = { ...text, enum: ["x"] };
const two = { ...text, enum: ["x", "y"] };
const short = { ...text, maxLength: 3 };
const examples = { examples: { a: { value: "a" } } };

type Planted = [name: string, before: object, after: object, impact: Impact | "none", words: string];

/** One made-up change of an operation each: the release that it needs, and what the line about it says. */
const plantedChanges: Planted[] = [
  ["nothing", gives(text), gives(text), "none", ""],
  ["a required body is added", ok, takes(a), "major", "requestBody: added"],
  ["a body loses a property", takes(object({ a: text, b: text })), takes(a), "major", "properties/b: removed"],
  ["a body loses all properties", takes(a), takes({ type: "object" }), "major", "requestBody/properties"],
  ["a body gets an optional property", takes(none), takes(a), "minor", "properties/a: added"],
  ["a body gets a required property", takes(none), takes(needsA), "major", "required: `a`"],
  ["a body becomes required", takes(text, false), takes(text), "major", "Request body became required."],
  ["an enumeration in a body loses a value", takes(two), takes(one), "major", "Enum lost values: 'y'."],
  ["an enumeration in a body gets a value", takes(one), takes(two), "patch", "enum: modified"],
  ["a property of a body may be null", takes(a), takes(nullableA), "patch", "nullable: modified"],
  ["a property of a body changes its type", takes(a), takes(numberA), "major", "Type of `a` narrowed"],
  ["a response gets a property", gives(none), gives(needsA), "minor", "properties/a: added"],
  ["a response loses a property", gives(a), gives(none), "major", "Property `a` was removed."],
  ["a property of a response becomes optional", gives(needsA), gives(a), "major", "no longer required: `a`."],
  ["a property of a response may be null", gives(a), gives(nullableA), "major", "Type of `a` widened"],
  ["an enumeration in a response gets a value", gives(one), gives(two), "major", "Enum gained values: 'y'."],
  ["a response gets an alternative", gives({ anyOf: [a] }), gives(aOrText), "major", "`anyOf` subschema was"],
  ["the alternatives of a response change places", gives(aOrText), gives({ anyOf: [text, a] }), "none", ""],
  ["a response refers to the same schema", gives(a), gives({ $ref: "#/components/schemas/Same" }), "none", ""],
  ["a response gets an example", gives(text), gives(text, examples), "minor", "examples: added"],
  ["a limit goes from a response", gives(short), gives(text), "major", "maxLength: `maxLength` was removed."],
  ["a parameter is added", ok, query({}), "minor", "parameters: added"],
  ["a parameter becomes required", query({}), query({ required: true }), "major", "`limit` query parameter became"],
  ["a parameter moves", query({}), query({ in: "header" }), "major", "is now a header parameter"],
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

let changes: Change[];

beforeAll(async () => {
  const removed = { delete: { operationId: "delete", ...gives(text) } };
  changes = await findChanges(
    documentWith(1, "id", { Thing: a, Unused: text }, removed),
    documentWith(2, "key", { Thing: needsA }, {}),
  );
});

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
