import fc from "fast-check";
import { resolved, schemaOf } from "./document.ts";

type Schema = Readonly<Record<string, unknown>>;

const anything = fc.jsonValue({ maxDepth: 1 });

/** Bodies of a schema: about half of them fit, the others break it in a place or two. */
export function bodiesOf(schema: Schema): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 1, arbitrary: valuesOf(schema, 0) }, { weight: 1, arbitrary: valuesOf(schema, 1) });
}

/** Values of a schema. Each part is broken once in eight when `broken` is 1, and never when it is 0. */
function valuesOf(schema: Schema, broken: 0 | 1): fc.Arbitrary<unknown> {
  const right = rightValuesOf(resolved(schema), broken);
  return broken === 0 ? right : fc.oneof({ weight: 7, arbitrary: right }, { weight: 1, arbitrary: anything });
}

function rightValuesOf(schema: Schema, broken: 0 | 1): fc.Arbitrary<unknown> {
  const { type, allOf, anyOf, properties, required, additionalProperties, items, enum: values } = schema;
  if (Array.isArray(values)) return fc.constantFrom(...values);
  if (Array.isArray(allOf)) return valuesOf(schemaOf(allOf[0]), broken);
  if (Array.isArray(anyOf)) return fc.oneof(...anyOf.map((choice) => valuesOf(schemaOf(choice), broken)));
  if (type === "object") return objectsOf({ properties, required, additionalProperties }, broken);
  if (type === "array") return fc.array(valuesOf(schemaOf(items ?? {}), broken), { maxLength: 3 });
  if (type === "string") return fc.string();
  if (type === "boolean") return fc.boolean();
  if (type === undefined) return anything;
  throw new Error(`there are no values yet of the type ${type}`);
}

function objectsOf(schema: Schema, broken: 0 | 1): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties = true } = schema;
  const members = Object.fromEntries(
    Object.entries(schemaOf(properties)).map(([name, member]) => [name, valuesOf(schemaOf(member), broken)]),
  );
  const requiredKeys = broken === 0 && Array.isArray(required) ? required : [];
  const known = fc.record(members, { requiredKeys });
  const more = typeof additionalProperties === "object" ? valuesOf(schemaOf(additionalProperties), broken) : anything;
  const moreCount = additionalProperties === false && broken === 0 ? 0 : 2;
  return fc
    .tuple(known, fc.dictionary(fc.string(), more, { maxKeys: moreCount }))
    .map(([object, added]) => ({ ...added, ...object }));
}
