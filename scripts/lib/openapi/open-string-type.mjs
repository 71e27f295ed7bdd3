import ts from "typescript";
import { propertyOf } from "./json-value.mjs";

const { factory } = ts;

/**
 * The type of a string that has known values and accepts any other: `"a" | "b" | (string & {})`. Editors complete the known values, which
 * TypeScript would drop from `"a" | "b" | string`. In the document it is `anyOf` of an enumeration of strings and a plain string.
 *
 * @param {unknown} schema
 * @returns {ts.TypeNode | undefined} undefined: another schema, which openapi-typescript renders itself
 */
export function openStringType(schema) {
  const alternatives = propertyOf(schema, "anyOf");
  if (!Array.isArray(alternatives) || alternatives.length !== 2) return undefined;
  if (!alternatives.every((alternative) => propertyOf(alternative, "type") === "string")) return undefined;
  const [known, any] = alternatives.map((alternative) => propertyOf(alternative, "enum"));
  if (!Array.isArray(known) || any !== undefined) return undefined;
  const values = known.map((value) => factory.createLiteralTypeNode(factory.createStringLiteral(String(value))));
  const string = factory.createKeywordTypeNode(ts.SyntaxKind.StringKeyword);
  const anyString = factory.createIntersectionTypeNode([string, factory.createTypeLiteralNode([])]);
  return factory.createUnionTypeNode([...values, factory.createParenthesizedType(anyString)]);
}
