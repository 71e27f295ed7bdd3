import { isObject } from "../values.ts";

/** The keywords of JSON Schema that the request bodies of the document use. */
export interface JsonSchema {
  readonly type?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly allOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
}

/** What is wrong with a value, one sentence for each problem; empty when it fits the schema. */
export function findProblems(value: unknown, schema: JsonSchema, place = "The body"): readonly string[] {
  if (value === null && schema.nullable === true) return [];
  if (schema.type !== undefined && !isOfType(value, schema.type)) return [`${place} must be of type ${schema.type}.`];
  if (schema.enum !== undefined && !schema.enum.includes(value)) {
    return [`${place} must be one of ${schema.enum.join(", ")}.`];
  }
  if (schema.anyOf !== undefined && !schema.anyOf.some((choice) => findProblems(value, choice).length === 0)) {
    const types = new Set(schema.anyOf.map(({ type = "another type" }) => type));
    return [`${place} must be of type ${[...types].join(" or ")}.`];
  }
  const problems = (schema.allOf ?? []).flatMap((part) => findProblems(value, part, place));
  if (problems.length > 0) return problems;
  if (Array.isArray(value)) return value.flatMap((item, index) => itemProblems(item, schema, `${place}[${index}]`));
  return isObject(value) ? objectProblems(value, schema, place) : [];
}

function itemProblems(item: unknown, { items }: JsonSchema, place: string): readonly string[] {
  return items === undefined ? [] : findProblems(item, items, place);
}

function objectProblems(
  value: Readonly<Record<string, unknown>>,
  { properties = {}, required = [], additionalProperties = true }: JsonSchema,
  place: string,
): readonly string[] {
  const missing = required.filter((name) => !Object.hasOwn(value, name));
  const found = Object.entries(value).flatMap(([name, member]) => {
    const memberPlace = place === "The body" ? name : `${place}.${name}`;
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (known !== undefined) return findProblems(member, known, memberPlace);
    if (additionalProperties === false) return [`${memberPlace} is not a property that the API knows.`];
    return additionalProperties === true ? [] : findProblems(member, additionalProperties, memberPlace);
  });
  return [...missing.map((name) => `${place} must have the property ${name}.`), ...found];
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case "object":
      return isObject(value);
    case "array":
      return Array.isArray(value);
    case "integer":
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}
