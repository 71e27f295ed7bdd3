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

/** How ajv judges the JSON body of an operation; `undefined` when it takes none. */
export function requestBodyOf({ path, method }: DocumentOperation) {
  const place = ["paths", path, method, "requestBody", "content", "application/json", "schema"];
  return valueAt(place) === undefined ? undefined : validatorAt(place);
}

/** How ajv judges the JSON body of a response; `undefined` when the document does not have the status, or gives it no body. */
export function responseBodyOf({ path, method }: DocumentOperation, status: number) {
  const place = ["paths", path, method, "responses", String(status)];
  const reference = valueAt([...place, "$ref"]);
  const response = typeof reference === "string" ? reference.split("/").slice(1) : place;
  const body = [...response, "content", "application/json", "schema"];
  return valueAt(body) === undefined ? undefined : validatorAt(body);
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
