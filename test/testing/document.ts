import { Ajv } from "ajv";
import document from "../../src/generated/openapi.json" with { type: "json" };

// "nullable" and the rest of OpenAPI 3.0 beside JSON Schema.
const ajv = new Ajv({ strict: false });
ajv.addSchema({ $id: "openapi.json", ...document });

/** An operation of the document. */
export interface DocumentOperation {
  /** Such as `PUT /credentials/{credentialId}`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
}

export const operations: readonly DocumentOperation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => ({ name: `${method.toUpperCase()} ${path}`, method, path })),
);

/** The schema of the JSON body of an operation, and how ajv judges a body; `undefined` when it takes none. */
export function requestBodyOf({ path, method }: DocumentOperation) {
  const place = ["paths", path, method, "requestBody", "content", "application/json", "schema"];
  const schema = valueAt(place);
  return schema === undefined ? undefined : { schema: schemaOf(schema), fits: validatorAt(place) };
}

/** How ajv judges the JSON body of a response; `undefined` when the document does not have the status, or gives it no body. */
export function responseBodyOf({ path, method }: DocumentOperation, status: number) {
  const place = ["paths", path, method, "responses", String(status)];
  const { $ref: reference } = schemaOf(valueAt(place) ?? {});
  const response = typeof reference === "string" ? reference.split("/").slice(1) : place;
  const body = [...response, "content", "application/json", "schema"];
  return valueAt(body) === undefined ? undefined : validatorAt(body);
}

/** A schema without references: what one refers to is merged into its place. */
export function resolved(schema: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { $ref: reference } = schema;
  return typeof reference === "string" ? schemaOf(valueAt(reference.split("/").slice(1))) : schema;
}

/** A value of the document that must be an object. */
export function schemaOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) throw new Error("the document has no schema in this place");
  return Object.fromEntries(Object.entries(value));
}

function validatorAt(place: readonly string[]): (body: unknown) => boolean {
  const pointer = place.map((key) => encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1")));
  const validate = ajv.compile({ $ref: `openapi.json#/${pointer.join("/")}` });
  return (body) => validate(body) === true;
}

function valueAt(place: readonly string[]): unknown {
  return place.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined,
    document,
  );
}
