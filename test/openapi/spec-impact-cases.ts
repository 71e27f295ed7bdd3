import type { Change } from "../../scripts/spec-update/compare.mjs";

export type Impact = Change["impact"];

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

/** One made-up change of an operation: its gravest impact for the tool, and for us, who give users types to compile against. */
export interface Case {
  name: string;
  before: object;
  after: object;
  tool: Impact | "none";
  ours: Impact | "none";
}

export const wrong: (Case & { why: string })[] = [
  {
    name: "a required body is added",
    before: ok,
    after: takes(object({ a: text })),
    tool: "minor",
    ours: "major",
    why: "calls without a body are refused from now on",
  },
  {
    name: "a property goes from a body that may have others",
    before: takes(object({ a: text, b: text })),
    after: takes(object({ a: text })),
    tool: "patch",
    ours: "major",
    why: "the compiler refuses a property that the type does not have",
  },
  {
    name: "a value is added to an enumeration in a body",
    before: takes(object({ a: { ...text, enum: ["x"] } })),
    after: takes(object({ a: { ...text, enum: ["x", "y"] } })),
    tool: "patch",
    ours: "minor",
    why: "users can send more than before",
  },
  {
    name: "a property of a body may be null",
    before: takes(object({ a: text })),
    after: takes(object({ a: { ...text, nullable: true } })),
    tool: "patch",
    ours: "minor",
    why: "users can send more than before",
  },
  {
    name: "an answer gets an example",
    before: gives(text),
    after: {
      responses: {
        200: { description: "OK", content: { "application/json": { schema: text, examples: { a: { value: "a" } } } } },
      },
    },
    tool: "minor",
    ours: "patch",
    why: "there is nothing new to call",
  },
  {
    name: "a property of a body takes a list beside a string",
    before: takes(object({ a: text })),
    after: takes(object({ a: { anyOf: [text, { type: "array", items: text }] } })),
    tool: "major",
    ours: "major",
    why: "too grave: every old call is still right. Left, because it is on the safe side",
  },
  {
    name: "an answer's schema moves into allOf",
    before: gives(object({ a: text })),
    after: gives({ allOf: [object({ a: text })] }),
    tool: "major",
    ours: "major",
    why: "too grave: it means the same. Left, because it is on the safe side",
  },
  {
    name: "a limit goes from an answer's text",
    before: gives(object({ a: { ...text, maxLength: 3 } })),
    after: gives(object({ a: text })),
    tool: "major",
    ours: "major",
    why: "too grave for types. Left, because a program may rely on the limit",
  },
];

export const right: Case[] = [
  { name: "nothing", before: gives(text), after: gives(text), tool: "none", ours: "none" },
  {
    name: "a body gets an optional property",
    before: takes(object({})),
    after: takes(object({ a: text })),
    tool: "minor",
    ours: "minor",
  },
  {
    name: "a body gets a required property",
    before: takes(object({})),
    after: takes(object({ a: text }, ["a"])),
    tool: "major",
    ours: "major",
  },
  { name: "a body becomes required", before: takes(text, false), after: takes(text), tool: "major", ours: "major" },
  {
    name: "an enumeration in a body loses a value",
    before: takes({ ...text, enum: ["x", "y"] }),
    after: takes({ ...text, enum: ["x"] }),
    tool: "major",
    ours: "major",
  },
  {
    name: "an answer gets a property",
    before: gives(object({})),
    after: gives(object({ a: text }, ["a"])),
    tool: "minor",
    ours: "minor",
  },
  {
    name: "an answer loses a property",
    before: gives(object({ a: text })),
    after: gives(object({})),
    tool: "major",
    ours: "major",
  },
  {
    name: "an answer's property becomes optional",
    before: gives(object({ a: text }, ["a"])),
    after: gives(object({ a: text })),
    tool: "major",
    ours: "major",
  },
  {
    name: "an enumeration in an answer gets a value",
    before: gives({ ...text, enum: ["x"] }),
    after: gives({ ...text, enum: ["x", "y"] }),
    tool: "major",
    ours: "major",
  },
  {
    name: "an answer gets an alternative",
    before: gives({ anyOf: [object({ a: text })] }),
    after: gives({ anyOf: [object({ a: text }), text] }),
    tool: "major",
    ours: "major",
  },
  {
    name: "an answer's alternatives change places",
    before: gives({ anyOf: [object({ a: text }), text] }),
    after: gives({ anyOf: [text, object({ a: text })] }),
    tool: "none",
    ours: "none",
  },
  {
    name: "an answer's schema moves to the components",
    before: gives(object({ a: text })),
    after: gives({ $ref: "#/components/schemas/Same" }),
    tool: "none",
    ours: "none",
  },
  { name: "a parameter is added", before: ok, after: query({}), tool: "minor", ours: "minor" },
  {
    name: "a parameter becomes required",
    before: query({}),
    after: query({ required: true }),
    tool: "major",
    ours: "major",
  },
  { name: "a parameter moves", before: query({}), after: query({ in: "header" }), tool: "major", ours: "major" },
  {
    name: "the summary changes",
    before: { ...ok, summary: "a" },
    after: { ...ok, summary: "b" },
    tool: "patch",
    ours: "patch",
  },
  {
    name: "authentication changes",
    before: ok,
    after: { ...ok, security: [{ jwt: [], credential_id: [] }] },
    tool: "major",
    ours: "major",
  },
];
