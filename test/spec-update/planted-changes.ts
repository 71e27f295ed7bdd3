import type { Impact } from "../../scripts/lib/spec-update/changes.mjs";

export const text = { type: "string" };
export const object = (properties: object, required: string[] = []): object => ({
  type: "object",
  properties,
  required,
});
const json = (schema: object): object => ({ content: { "application/json": { schema } } });
const ok = { responses: { 200: { description: "OK" } } };
export const takes = (schema: object, required = true): object => ({
  ...ok,
  requestBody: { required, ...json(schema) },
});
export const gives = (schema: object): object => ({ responses: { 200: { description: "OK", ...json(schema) } } });
const query = (parameter: object): object => ({
  ...ok,
  parameters: [{ name: "limit", in: "query", schema: text, ...parameter }],
});
const withExample = {
  responses: {
    200: { description: "OK", content: { "application/json": { schema: text, examples: { a: { value: "a" } } } } },
  },
};

type Planted = [name: string, before: object, after: object, impact: Impact | "none", words: string];

/** One made-up change of an operation each: the release that it needs, and what the line about it says. */
export const plantedChanges: Planted[] = [
  ["nothing", gives(text), gives(text), "none", ""],
  ["a required body is added", ok, takes(object({ a: text })), "major", "requestBody: added"],
  [
    "a property goes from a body that may have others",
    takes(object({ a: text, b: text })),
    takes(object({ a: text })),
    "major",
    "requestBody/properties/b: removed",
  ],
  [
    "all properties go from a body",
    takes(object({ a: text })),
    takes({ type: "object" }),
    "major",
    "requestBody/properties",
  ],
  ["a body gets an optional property", takes(object({})), takes(object({ a: text })), "minor", "properties/a: added"],
  ["a body gets a required property", takes(object({})), takes(object({ a: text }, ["a"])), "major", "required: `a`"],
  ["a body becomes required", takes(text, false), takes(text), "major", "Request body became required."],
  [
    "an enumeration in a body loses a value",
    takes({ ...text, enum: ["x", "y"] }),
    takes({ ...text, enum: ["x"] }),
    "major",
    "Enum lost values: 'y'.",
  ],
  [
    "an enumeration in a body gets a value",
    takes({ ...text, enum: ["x"] }),
    takes({ ...text, enum: ["x", "y"] }),
    "patch",
    "enum: modified",
  ],
  [
    "a property of a body may be null",
    takes(object({ a: text })),
    takes(object({ a: { ...text, nullable: true } })),
    "patch",
    "nullable: modified",
  ],
  [
    "a property of a body changes its type",
    takes(object({ a: text })),
    takes(object({ a: { type: "integer" } })),
    "major",
    "Type of `a` narrowed from 'string' to 'integer'.",
  ],
  ["a response gets a property", gives(object({})), gives(object({ a: text }, ["a"])), "minor", "properties/a: added"],
  ["a response loses a property", gives(object({ a: text })), gives(object({})), "major", "Property `a` was removed."],
  [
    "a property of a response becomes optional",
    gives(object({ a: text }, ["a"])),
    gives(object({ a: text })),
    "major",
    "Properties are no longer required: `a`.",
  ],
  [
    "a property of a response may be null",
    gives(object({ a: text })),
    gives(object({ a: { ...text, nullable: true } })),
    "major",
    "Type of `a` widened",
  ],
  [
    "an enumeration in a response gets a value",
    gives({ ...text, enum: ["x"] }),
    gives({ ...text, enum: ["x", "y"] }),
    "major",
    "Enum gained values: 'y'.",
  ],
  [
    "a response gets an alternative",
    gives({ anyOf: [object({ a: text })] }),
    gives({ anyOf: [object({ a: text }), text] }),
    "major",
    "`anyOf` subschema was added.",
  ],
  [
    "the alternatives of a response change places",
    gives({ anyOf: [object({ a: text }), text] }),
    gives({ anyOf: [text, object({ a: text })] }),
    "none",
    "",
  ],
  [
    "the schema of a response moves to the components",
    gives(object({ a: text })),
    gives({ $ref: "#/components/schemas/Same" }),
    "none",
    "",
  ],
  ["a response gets an example", gives(text), withExample, "minor", "examples: added"],
  [
    "a limit goes from a response",
    gives({ ...text, maxLength: 3 }),
    gives(text),
    "major",
    "maxLength: `maxLength` was removed.",
  ],
  ["a parameter is added", ok, query({}), "minor", "parameters: added"],
  ["a parameter becomes required", query({}), query({ required: true }), "major", "`limit` query parameter became"],
  ["a parameter moves", query({}), query({ in: "header" }), "major", "is now a header parameter"],
  ["the summary changes", { ...ok, summary: "a" }, { ...ok, summary: "b" }, "patch", "summary: modified"],
  ["authentication changes", ok, { ...ok, security: [{ jwt: [], key: [] }] }, "major", "Authentication"],
];
